import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DATA_DIR } from "@/lib/boot";
import { startControl } from "./control";
import { answerAsCustomer, listCustomerMails } from "./customer";
import { startImap } from "./imap";
import { MailFolder } from "./mail-folder";
import { headerOf, KINDS, loadSamples, renewSample } from "./samples";
import { readSettings } from "./settings";
import { startSmtp } from "./smtp";

/**
 * The practice mail server of `npm run quickstart`: an inbox with sample mail over IMAP, SMTP that
 * takes everything and passes nothing on, and a control interface for the practice page. All on
 * 127.0.0.1; never part of `npm start`.
 */
const settings = readSettings(DATA_DIR);
const folder = path.join(DATA_DIR, "practice");
const inbox = new MailFolder(path.join(folder, "support"));
const customer = new MailFolder(path.join(folder, "customer"));
loadSamples(inbox);
const uidValidity = keptUidValidity();
const imap = startImap(settings, inbox, uidValidity);

const OTHERS: Record<string, string> = {
  answer: "The customer's answer",
  mail: "A mail of the desk to itself",
};

function receive(label: string, raw: Buffer): { uid: number } {
  const mail = inbox.add(label, raw);
  imap.announce(mail);
  return { uid: mail.uid };
}

const smtp = startSmtp(settings, ({ to, isFromCustomer, raw }) => {
  if (to === "support") receive(isFromCustomer ? "answer" : "mail", raw);
  else customer.add("mail", raw);
});

const control = startControl(settings.controlPort, settings.token, {
  "GET /state": async () => ({
    uidValidity,
    kinds: KINDS,
    sent: inbox
      .list()
      .filter(({ label }) => !label.startsWith("sample-"))
      .slice(-10)
      .reverse()
      .map(({ uid, receivedAt, label }) => ({
        uid,
        sentAt: receivedAt.toISOString(),
        what: KINDS.find(({ id }) => `sent-${id}` === label)?.label ?? OTHERS[label] ?? "A mail",
      })),
    customerInbox: await listCustomerMails(customer),
  }),
  "POST /send": async ({ kind }) => {
    const raw = renewSample(String(kind), `${randomUUID()}@mail.practice.test`);
    return raw && { ...receive(`sent-${kind}`, raw), subject: headerOf(raw, "Subject") };
  },
  "POST /answer": async ({ uid, text }) =>
    (await answerAsCustomer(customer, settings, { uid: Number(uid), text: String(text) }))
      ? { sent: true }
      : null,
});

/** A server that forgets its mails must say so by another UIDVALIDITY (RFC 3501 §2.3.1.1). */
function keptUidValidity(): number {
  const file = path.join(folder, "uidvalidity");
  if (!existsSync(file)) writeFileSync(file, String(Math.floor(Date.now() / 1000)));
  return Number(readFileSync(file, "utf8"));
}

for (const server of [imap.server, smtp.server, control])
  server.on("error", (error: Error) => {
    console.error(`ERROR: The practice mail server can't listen: ${error.message}`);
    process.exit(1);
  });

const servers = [imap.server, smtp.server, control];
let waiting = servers.length;
for (const server of servers)
  server.on("listening", () => {
    waiting -= 1;
    if (waiting === 0) process.send?.("ready");
  });

process.once("SIGTERM", () => process.exit(0));
