import { randomUUID } from "node:crypto";
import { type AddressObject, simpleParser } from "mailparser";
import nodemailer from "nodemailer";
import type { KeptMail, MailFolder } from "./mail-folder";
import { CUSTOMER, type PracticeSettings } from "./settings";

/** A mail in the customer's inbox, as the practice page shows it. */
export type CustomerMail = {
  uid: number;
  receivedAt: string;
  from: string;
  to: string;
  toName: string;
  subject: string;
  text: string;
};

const SHOWN_MAX = 20;

/** The newest mails that the desk sent to customers, newest first. */
export async function listCustomerMails(folder: MailFolder): Promise<CustomerMail[]> {
  const newest = folder.list().slice(-SHOWN_MAX).reverse();
  return Promise.all(newest.map((mail) => customerMail(folder, mail)));
}

const parse = (raw: Buffer) =>
  simpleParser(raw, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });

async function customerMail(folder: MailFolder, mail: KeptMail): Promise<CustomerMail> {
  const parsed = await parse(folder.read(mail));
  return {
    uid: mail.uid,
    receivedAt: mail.receivedAt.toISOString(),
    from: written(parsed.from),
    to: written(parsed.to),
    toName: firstOf(parsed.to)?.name || firstOf(parsed.to)?.address || "the customer",
    subject: parsed.subject ?? "",
    text: (parsed.text ?? "").slice(0, 10_000),
  };
}

type Addresses = AddressObject | AddressObject[] | undefined;

const allOf = (field: Addresses) => [field ?? []].flat().flatMap(({ value }) => value);
const firstOf = (field: Addresses) => allOf(field)[0];

const written = (field: Addresses) =>
  allOf(field)
    .map(({ name, address }) => (name ? `${name} <${address}>` : address))
    .join(", ");

/**
 * Answers a mail of the customer's inbox the way a mail program does, through the practice SMTP
 * server: In-Reply-To, References (RFC 5322 §3.6.4) and the quoted mail below the text.
 * @returns false when there is no such mail.
 */
export async function answerAsCustomer(
  folder: MailFolder,
  settings: PracticeSettings,
  answer: { uid: number; text: string },
): Promise<boolean> {
  const mail = folder.list().find(({ uid }) => uid === answer.uid);
  if (!mail) return false;
  const parsed = await parse(folder.read(mail));
  const customer = firstOf(parsed.to);
  const desk = firstOf(parsed.replyTo) ?? firstOf(parsed.from);
  if (!customer?.address || !desk?.address) return false;
  const quoted = (parsed.text ?? "").trimEnd().replace(/^/gm, "> ");
  const on = (parsed.date ?? mail.receivedAt).toUTCString().replace(" GMT", "");
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: settings.smtpPort,
    secure: false,
    ignoreTLS: true,
    auth: { user: CUSTOMER, pass: settings.password },
  });
  await transport.sendMail({
    from: { name: customer.name, address: customer.address },
    to: { name: desk.name, address: desk.address },
    subject: /^re:/i.test(parsed.subject ?? "") ? parsed.subject : `Re: ${parsed.subject ?? ""}`,
    messageId: `<${randomUUID()}@mail.practice.test>`,
    inReplyTo: parsed.messageId,
    references: [parsed.references ?? [], parsed.messageId ?? []].flat(),
    text: `${answer.text.trim()}\n\nOn ${on}, ${desk.name || desk.address} wrote:\n${quoted}\n`,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return true;
}
