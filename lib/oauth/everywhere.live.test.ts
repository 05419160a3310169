import { expect, it } from "vitest";
import { dryRun } from "../accounts/dry-run";
import { foldersOfSettings } from "../accounts/list-folders";
import { requireRightSecret } from "../accounts/secret-check";
import { testAccounts } from "../accounts/test-many";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { IdleFolders } from "../inbound/idle";
import { claimAccounts } from "../inbound/lease";
import { pollAccounts } from "../inbound/poll";
import { deliverDue } from "../outbound/deliver";
import { copySent } from "../outbound/sent-copies";
import { createUser } from "../testing/factories";
import {
  accountFields,
  admin,
  connectBySignIn,
  grantFor,
  letTokenEnd,
  useOAuthWorld,
  world,
} from "../testing/oauth-world";
import { TEST_TENANT } from "../testing/openid-provider";
import { makeEverythingDue, receiveOnTicket, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { saveClient } from "./clients";
import { beginSignIn, finishSignIn } from "./sign-in";
import { GrantTokens } from "./tokens";

// Wherever a password signs in, a token does; and what else hangs on which app and which key it was.

useOAuthWorld();

const DESK = "support@example.test";
const CUSTOMER = "customer@customer.test";

it("folders, a dry run and tests of many accounts sign in by the form's sign-in, or the account's", async () => {
  const form = { ...accountFields("GOOGLE", DESK), grantId: await grantFor("GOOGLE", DESK) };
  expect(await foldersOfSettings(admin, form)).toContain("Sent");
  expect(await dryRun(admin, form, {})).toMatchObject({ ok: true });
  const { id } = await connectBySignIn("GOOGLE", DESK);
  const stored = accountFields("GOOGLE", DESK);
  expect(await foldersOfSettings(admin, stored, { id })).toContain("Sent");
  expect(await testAccounts(admin, [id])).toEqual([{ id, email: DESK, smtp: null, imap: null }]);
});

it("a copy of what was sent goes into Sent", async () => {
  await world.bed.doveadm("expunge", "-u", DESK, "mailbox", "Sent", "all");
  const { id, grantId } = await connectBySignIn("MICROSOFT", DESK, { copyToSent: true });
  const mail = rawMail({ from: CUSTOMER, to: DESK });
  const { ticket } = await receiveOnTicket(mail, { accountId: id });
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  await replyToTicket(agent, { number: ticket.number, text: "Change the bulb." });
  await makeEverythingDue();
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  await db().pool.query(`UPDATE "OutboundEmail" SET "sentCopyDueAt" = now()`);
  await letTokenEnd(grantId, 0);
  expect(await copySent(new AbortController().signal)).toBe(1);
  expect(await world.bed.mailsOf(DESK, "Sent")).toHaveLength(1);
});

it("a connection kept between polls outlives its token, and the next poll goes over it", async () => {
  const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
  const idle = new IdleFolders("test", () => undefined);
  const poll = async () => {
    const leases = await claimAccounts("test", [id], 30);
    return pollAccounts(leases, testProcessor(), new AbortController().signal, { idle });
  };
  const before = world.bed.logins();
  try {
    expect(await poll()).toMatchObject({ failed: [] });
    await letTokenEnd(grantId, 0);
    await new GrantTokens(grantId).accessToken();
    expect(await poll()).toMatchObject({ failed: [] });
    expect(world.bed.logins()).toBe(before + 1);
    await world.bed.doveadm("kick", DESK);
    expect(await poll()).toMatchObject({ failed: [] });
  } finally {
    await idle.stop();
  }
});

it("an app of all tenants is asked under common, and an ID token of any tenant is taken", async () => {
  process.env.MICROSOFT_TENANT = "";
  reloadEnv();
  try {
    const { id } = await connectBySignIn("MICROSOFT", DESK);
    expect(world.microsoft.requests[0]?.path).toBe("/common/oauth2/v2.0/token");
    expect(await db().prisma.emailAccount.count({ where: { id } })).toBe(1);
  } finally {
    process.env.MICROSOFT_TENANT = TEST_TENANT;
    reloadEnv();
  }
});

it("another client id than the one that consent was given to gets no token, and heals by the old one", async () => {
  const { grantId } = await connectBySignIn("GOOGLE", DESK);
  await letTokenEnd(grantId, 0);
  const { GOOGLE_CLIENT_ID } = process.env;
  delete process.env.GOOGLE_CLIENT_ID;
  reloadEnv();
  try {
    const token = () => new GrantTokens(grantId).accessToken();
    await expect(token()).rejects.toMatchObject({ code: "EOAUTHCLIENT", kind: "config" });
    const { url } = await beginWith("first");
    await saveClient(admin, "GOOGLE", { clientId: "other", clientSecret: "x" });
    await expect(token()).rejects.toMatchObject({ code: "EOAUTHOTHER", kind: "auth" });
    const state = new URL(url).searchParams.get("state") ?? "";
    const back = new URLSearchParams({ state, code: "x" });
    expect(await finishSignIn(admin, back)).toMatchObject({
      ...{ status: "refused", cause: expect.stringContaining("client id was changed") },
    });
  } finally {
    process.env.GOOGLE_CLIENT_ID = GOOGLE_CLIENT_ID;
    reloadEnv();
  }
  expect(await new GrantTokens(grantId).accessToken()).not.toBe("");
});

it("a worker under another APP_SECRET does not start, where tokens are all there is", async () => {
  await connectBySignIn("GOOGLE", DESK);
  await requireRightSecret();
  const { APP_SECRET } = process.env;
  process.env.APP_SECRET = "another secret that is just as long as the rule wants it";
  reloadEnv();
  try {
    await expect(requireRightSecret()).rejects.toMatchObject({ code: "unavailable" });
  } finally {
    process.env.APP_SECRET = APP_SECRET;
    reloadEnv();
  }
});

async function beginWith(clientId: string): Promise<{ url: string }> {
  await saveClient(admin, "GOOGLE", { clientId, clientSecret: "x" });
  return beginSignIn(admin, { provider: "GOOGLE", email: DESK, form: {} });
}
