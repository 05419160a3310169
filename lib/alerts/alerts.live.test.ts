import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { deliverDue } from "../outbound/deliver";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, pollOnce } from "../testing/pipeline";
import { watchAccounts } from "./watch";

useTestDatabase();

const SUPPORT = "support@example.test";
const BILLING = "billing@example.test";
const ADMIN = "agent@example.test";

let bed: MailBed;
let supportId: string;

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  for (const user of [SUPPORT, BILLING, ADMIN])
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
  await bed.allowImap(SUPPORT, true);
  const account = { isDefault: true, smtpUsername: "", smtpPassword: "" };
  supportId = (
    await connectAccount(bed, {
      ...{ ...account, email: SUPPORT, imapUsername: SUPPORT, imapPassword: "pw" },
    })
  ).id;
  await connectAccount(bed, {
    ...{ ...account, isDefault: false, email: BILLING, name: "Billing" },
    ...{ imapUsername: BILLING, imapPassword: "pw" },
  });
});

/** Support is refused by its real server, and that is six minutes ago, as is the watch's beginning. */
async function supportStops(): Promise<void> {
  await pollOnce();
  await bed.allowImap(SUPPORT, false);
  await pollOnce([supportId]);
  await watchAccounts();
  await db().pool.query(
    `UPDATE "EmailAccount" SET "lastPolledAt" = now() - interval '400 seconds', "pollingSince" = now() - interval '1 hour'
     WHERE "id" = $1`,
    [supportId],
  );
  await db().pool.query(
    `UPDATE "Setting" SET "value" = jsonb_build_object('since', now() - interval '1 hour') WHERE "key" = 'alerts.watch'`,
  );
}

it("an account whose server refuses it is told of by mail from the other one, and again when it works", async () => {
  await createUser({ role: "ADMIN", email: ADMIN, name: "Ada" });
  await supportStops();
  expect(await watchAccounts()).toEqual({ opened: 1, closed: 0 });
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  const [stopped] = await bed.waitForMail(ADMIN, 1);
  expect(stopped?.raw).toMatch(/^From: Billing <billing@example\.test>/m);
  expect(stopped?.raw).toMatch(/^Subject: support@example\.test brings no mail/m);
  expect(stopped?.raw).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(stopped?.raw).toMatch(/^X-Mailroom-Notice: /m);

  await bed.allowImap(SUPPORT, true);
  await pollOnce([supportId]);
  expect(await watchAccounts()).toEqual({ opened: 0, closed: 1 });
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  const mails = await bed.waitForMail(ADMIN, 2);
  expect(mails[1]?.raw).toMatch(/^Subject: support@example\.test brings mail again/m);
});

it("the mail to an admin whose address leads into the desk's own inbox makes no ticket", async () => {
  await createUser({ role: "ADMIN", email: "billing+ada@example.test", name: "Ada" });
  await supportStops();
  await watchAccounts();
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  await bed.waitForMail(BILLING, 1);
  await pollOnce();
  expect(await db().prisma.ticket.count()).toBe(0);
  expect(
    await db().prisma.inboundEmail.findMany({ select: { reason: true, status: true } }),
  ).toEqual([{ status: "IGNORED", reason: "A notice of our own." }]);
});
