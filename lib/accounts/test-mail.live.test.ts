import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { createAccount } from "./create";
import type { AccountInput } from "./schema";
import { sizeSeen } from "./size-seen";
import { testAccount, testSettings } from "./test-connection";

// Sending here goes without encryption, to which the bed gives no sign-in: mail to its own users it
// takes from anybody.

useTestDatabase();

const USER = "support@example.test";
let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());
beforeEach(() => emptyDatabase(db().pool));

const connect = () =>
  connectAccount(bed, {
    ...{ smtpUsername: "", smtpPassword: "", imapUsername: USER, imapPassword: "pw" },
  });

const sizeOf = async (id: string) =>
  (await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } })).smtpSizeMax;

it("a test mail comes back, is ignored by the poll, and so is what a machine says to it", async () => {
  const { id } = await connect();
  const result = await testAccount(OWNER, id, "mail");
  expect(result).toMatchObject({ ok: true, headline: "Connection test successful" });
  expect(result.stages.at(-1)).toMatchObject({ name: "Round trip", state: "ok" });
  const [mail] = await bed.mailsOf(USER);
  const messageId = /^Message-ID:\s+<(.+)>/im.exec(mail?.raw ?? "")?.[1] ?? "";
  expect(messageId).toMatch(/^test\..*\.mailroom@example\.test$/);
  const away = { from: "Ann <ann@customer.test>", inReplyTo: messageId, subject: "Out of office" };
  await bed.append(USER, rawMail({ ...away, headers: ["Auto-Submitted: auto-replied"] }));
  // A provider that gives what it sends another Message-ID leaves our own header.
  const renamed = (mail?.raw ?? "").replace(
    /^Message-ID:\s+<.*$/im,
    "Message-ID: <other@ses.test>",
  );
  await bed.append(USER, renamed);
  expect(await pollOnce()).toMatchObject({ emailsProcessed: 3, ticketsCreated: 0, ignored: 3 });
  const receipts = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
  expect(receipts.map(({ status }) => status)).toEqual(["IGNORED", "IGNORED", "IGNORED"]);
});

it("the size the server takes is known after a test, not only after the first delivery", async () => {
  const { id } = await connect();
  expect(await sizeOf(id)).toBeNull();
  await testAccount(OWNER, id, "smtp");
  expect(await sizeOf(id)).toBe(31_457_280);
});

it("a test of a form not yet saved hands the size on to the account that is made of it", async () => {
  const input: AccountInput = {
    ...{ email: USER, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort },
    ...{ smtpSecurity: "none", smtpUsername: "" },
  };
  const { server, sizeMax } = await testSettings(OWNER, input, { test: "smtp" });
  const smtpSizeSeen = sizeSeen(server, sizeMax);
  const { id } = await createAccount(OWNER, { ...input, smtpSizeSeen });
  expect(await sizeOf(id)).toBe(31_457_280);
  const moved = { ...input, email: "billing@example.test", smtpPort: bed.smtpsPort };
  const other = await createAccount(OWNER, { ...moved, smtpSizeSeen });
  expect(await sizeOf(other.id)).toBeNull();
});

it("a server whose name leads to a private address gets no connection and no mail", async () => {
  const { id } = await connect();
  process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "";
  reloadEnv();
  const result = await testAccount(OWNER, id, "mail");
  process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "127.0.0.0/8,localhost";
  reloadEnv();
  expect(result.stages[0]).toMatchObject({ name: "DNS", state: "failed" });
  expect(result.failure?.fix).toContain("EMAIL_ALLOWED_PRIVATE_HOSTS");
  expect(result.log.filter(({ from }) => from !== "note")).toEqual([]);
});
