import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendMail } from "@/lib/testing/send-mail";
import { wholeListing } from "@/lib/testing/whole-listing";
import { parseAllowedHosts } from "@/lib/transport/egress";
import { ImapFolder, type ServerSettings } from "@/lib/transport/imap";
import { type PracticeSettings, prepareSettings, SUPPORT } from "./settings";

const OPTIONS = { allowedHosts: parseAllowedHosts("127.0.0.1") };
const SAMPLES = 15;

let dir: string;
let settings: PracticeSettings;
let server: ChildProcess;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "mr-practice-"));
  await start();
});
afterAll(async () => {
  await stop();
  rmSync(dir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  settings = await prepareSettings(dir);
  server = spawn(process.execPath, ["--import", "tsx", "scripts/practice/server.ts"], {
    env: { ...process.env, MAILROOM_DATA_DIR: dir },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(server, "message");
}

async function stop(): Promise<void> {
  server.kill("SIGTERM");
  if (server.exitCode === null) await once(server, "exit");
}

const at = (port: number): ServerSettings => ({
  host: "127.0.0.1",
  port,
  security: "none",
  username: SUPPORT,
  password: settings.password,
});

/** Every mail of the support inbox, as Mailroom itself reads it. */
async function readInbox() {
  const folder = await ImapFolder.open(at(settings.imapPort), "INBOX", OPTIONS);
  const listed = await wholeListing(folder, 0);
  const uids = listed.map(({ uid }) => uid);
  const mails = await folder.fetch(uids, 10_000_000);
  await folder.close();
  return { uidValidity: folder.uidValidity, mails };
}

async function ask(method: string, route: string, body?: object, token = settings.token) {
  const response = await fetch(`http://127.0.0.1:${settings.controlPort}${route}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

test("the samples are there, a few minutes old, and stay the same mails after a restart", async () => {
  const before = await readInbox();
  expect(before.mails).toHaveLength(SAMPLES);
  const newest = before.mails.at(-1)?.internalDate.getTime() ?? 0;
  expect(Date.now() - newest).toBeLessThan(60 * 60_000);
  expect(before.mails.filter(({ raw }) => !raw.includes("\r\n\r\n"))).toEqual([]);
  const passwords = settings;
  await stop();
  await start();
  expect(settings).toEqual(passwords);
  expect(await readInbox()).toEqual(before);
});

test("each kind can be sent again and again, as another mail every time", async () => {
  const { kinds } = (await ask("GET", "/state")).body;
  expect(kinds.length).toBeGreaterThan(8);
  for (const { id } of kinds) expect((await ask("POST", "/send", { kind: id })).status).toBe(200);
  await ask("POST", "/send", { kind: "order-question" });
  const { mails } = await readInbox();
  expect(mails).toHaveLength(SAMPLES + kinds.length + 1);
  const ids = mails.flatMap(({ raw }) => /^Message-ID: .*$/m.exec(raw.toString())?.[0] ?? []);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what the desk sends lands in the customer's inbox, and the answer names it", async () => {
  const sent = await sendMail(
    at(settings.smtpPort),
    {
      from: { name: "Support", address: SUPPORT },
      to: [{ name: "Tom", address: "tom@school.example" }],
      envelope: { from: SUPPORT, to: ["tom@school.example"] },
      subject: "Re: Parcel [#7]",
      messageId: "<our-own@practice.test>",
      text: "We send new ones.",
    },
    OPTIONS,
  );
  expect(sent.accepted).toEqual(["tom@school.example"]);
  const { customerInbox } = (await ask("GET", "/state")).body;
  expect(customerInbox).toMatchObject([{ subject: "Re: Parcel [#7]", toName: "Tom" }]);
  const answer = { uid: customerInbox[0].uid, text: "Thank you!" };
  expect((await ask("POST", "/answer", answer)).status).toBe(200);
  const raw = (await readInbox()).mails.at(-1)?.raw.toString() ?? "";
  expect(raw).toContain("From: Tom <tom@school.example>");
  expect(raw).toContain("In-Reply-To: <our-own@practice.test>");
  expect(raw).toContain("> We send new ones.");
});

test("only the bearer of the token may ask, and only the known passwords sign in", async () => {
  expect((await ask("GET", "/state", undefined, "wrong")).status).toBe(401);
  expect((await ask("POST", "/send", { kind: "no-such-kind" })).status).toBe(404);
  const wrong = { ...at(settings.imapPort), password: "wrong" };
  await expect(ImapFolder.open(wrong, "INBOX", OPTIONS)).rejects.toMatchObject({ kind: "auth" });
});
