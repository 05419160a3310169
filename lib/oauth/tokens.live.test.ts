import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { accountHealth } from "../accounts/health";
import { testSettings } from "../accounts/test-connection";
import { db } from "../db/client";
import { deliverDue } from "../outbound/deliver";
import { createUser } from "../testing/factories";
import { saveMails } from "../testing/maildir";
import {
  accountFields,
  admin,
  connectByApp,
  connectBySignIn,
  grantFor,
  letTokenEnd,
  providerOf,
  useOAuthWorld,
  world,
} from "../testing/oauth-world";
import { addLiveWorker, makeEverythingDue, pollOnce, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { grantAppAccess } from "./app-access";
import { beginReconnect, finishSignIn } from "./sign-in";
import { GrantTokens } from "./tokens";

useOAuthWorld();

const DESK = "support@example.test";
const CUSTOMER = "customer@customer.test";

/** More than three batches of a poll: when the second is under way, the third is still to be asked for. */
const MANY = 230;

const account = (id: string) => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
const healthOf = async (id: string) => accountHealth(await account(id), new Date(), []);
const tokenOf = (grantId: string) => new GrantTokens(grantId).accessToken();
const refreshes = () =>
  world.microsoft.requests.filter(({ body }) => body.grant_type === "refresh_token");

/** A process of its own that wants the token of a grant at this moment. @returns what it got. */
async function tokenInProcess(grantId: string, at: number): Promise<string> {
  const program = `
    import { setTimeout as sleep } from "node:timers/promises";
    import { closeDb, openDatabase, useDatabase } from "./lib/db/client.ts";
    import { GrantTokens } from "./lib/oauth/tokens.ts";
    useDatabase(openDatabase(process.env.DATABASE_URL, 2));
    const isLate = Date.now() > ${at};
    await sleep(Math.max(0, ${at} - Date.now()));
    const token = await new GrantTokens("${grantId}").accessToken();
    await closeDb();
    process.stdout.write(isLate ? "started too late" : token);`;
  const args = ["--import", "tsx", "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: process.env });
  return stdout;
}

async function emptyInboxes(): Promise<void> {
  for (const user of [DESK, CUSTOMER])
    await world.bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
}

/** A ticket with an answer that waits to be sent from this account. */
async function answerWaits(accountId: string) {
  const mail = rawMail({ from: CUSTOMER, to: DESK });
  const { ticket } = await receiveOnTicket(mail, { accountId });
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  await replyToTicket(agent, { number: ticket.number, text: "Change the bulb." });
  await db().pool.query(`UPDATE "OutboundEmail" SET "nextAttemptAt" = now()`);
}
const outgoing = () => db().prisma.outboundEmail.findFirstOrThrow();

describe("a token", () => {
  it("is renewed before it ends, by a request that Microsoft takes, and only then", async () => {
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    await pollOnce([id]);
    expect(refreshes()).toEqual([]);
    const before = await tokenOf(grantId);
    await letTokenEnd(grantId, 120);
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
    expect(await tokenOf(grantId)).not.toBe(before);
    expect(refreshes()).toHaveLength(1);
    expect(refreshes()[0]?.path).toMatch(/^\/[\w-]+\/oauth2\/v2\.0\/token$/);
    expect(Object.keys(refreshes()[0]?.body ?? {}).sort()).toEqual([
      ...["client_id", "client_secret", "grant_type", "refresh_token"],
    ]);
  });

  it("comes with the next refresh token, which is the one that is used then", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    for (let n = 0; n < 3; n++) {
      await letTokenEnd(grantId, 0);
      await tokenOf(grantId);
    }
    // This provider ends the consent when one is used twice.
    expect(new Set(refreshes().map(({ body }) => body.refresh_token)).size).toBe(3);
  });

  it("that comes without another refresh token keeps the one there is", async () => {
    world.google.set({ rotates: false });
    const { grantId } = await connectBySignIn("GOOGLE", DESK);
    for (let n = 0; n < 2; n++) {
      await letTokenEnd(grantId, 0);
      await tokenOf(grantId);
    }
    const used = providerOf("GOOGLE").requests.flatMap(({ body }) => body.refresh_token ?? []);
    expect([used.length, new Set(used).size]).toEqual([2, 1]);
  });

  it("that many want at once is asked for once, and all get the same", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    await letTokenEnd(grantId, 0);
    world.microsoft.set({ slowMs: 400 });
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenOf(grantId)));
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes()).toHaveLength(1);
  });

  it("that two processes want at the same moment is asked for by one of them", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    const before = await tokenOf(grantId);
    world.microsoft.set({ slowMs: 400 });
    const at = Date.now() + 8_000;
    const both = Promise.all([1, 2].map(() => tokenInProcess(grantId, at)));
    await letTokenEnd(grantId, 0);
    const [one, two] = await both;
    expect(one).toMatch(/^\S+$/);
    expect(one).toBe(two);
    expect(one).not.toBe(before);
    expect(refreshes()).toHaveLength(1);
  });

  it("that is still good is used while somebody else asks for the next one", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    const before = await tokenOf(grantId);
    await letTokenEnd(grantId, 120);
    world.microsoft.set({ slowMs: 400 });
    const tokens = await Promise.all(Array.from({ length: 5 }, () => tokenOf(grantId)));
    expect(tokens.filter((token) => token === before)).toHaveLength(4);
    expect(refreshes()).toHaveLength(1);
  });

  it("is got by another worker when the one that asked has died", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    await letTokenEnd(grantId, 0);
    await db().pool.query(`UPDATE "OAuthGrant" SET "renewingUntil" = now() + interval '1 second'`);
    expect(await tokenOf(grantId)).not.toBe("");
    expect(refreshes()).toHaveLength(1);
  });
});

describe("a token that the mail server refuses", () => {
  it("at the sign-in is renewed once, and poll and sending go on", async () => {
    await emptyInboxes();
    const { id } = await connectBySignIn("MICROSOFT", DESK);
    world.microsoft.expireAccessTokens();
    await world.bed.append(DESK, rawMail());
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(refreshes()).toHaveLength(1);
    await answerWaits(id);
    world.microsoft.expireAccessTokens();
    await db().pool.query(`UPDATE "OAuthGrant" SET "refusedAt" = NULL`);
    expect(await deliverDue("test")).toMatchObject({ sent: 1, failed: 0 });
    expect(refreshes()).toHaveLength(2);
  });

  it("in the middle of a poll costs no poll: it goes on where it was, nothing twice", async () => {
    const folder = "MidSession";
    await world.bed.doveadm("mailbox", "create", "-u", DESK, folder);
    const { id } = await connectBySignIn("MICROSOFT", DESK, { folder });
    const text = `${"x".repeat(70)}\n`.repeat(200);
    const mails = Array.from({ length: MANY }, (_, n) => rawMail(n < 100 ? {} : { text }));
    await saveMails(world.bed, { user: DESK, folder }, mails);
    world.proxy.set({ bytesPerSecond: 60_000 });
    const polling = pollOnce([id]);
    const receipts = () => db().prisma.inboundEmail.count();
    await expect.poll(receipts, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0);
    expect(await receipts()).toBeLessThan(MANY);
    world.microsoft.expireAccessTokens();
    await world.bed.doveadm("kick", DESK);
    world.proxy.set({});
    expect(await polling).toMatchObject({ failed: [], emailsProcessed: MANY });
    expect([await receipts(), await db().prisma.ticket.count()]).toEqual([MANY, MANY]);
    expect(await account(id)).toMatchObject({ consecutiveFailures: 0, lastError: null });
    expect(refreshes()).toHaveLength(1);
    expect(await db().prisma.pollRun.findMany()).toMatchObject([{ stored: MANY, error: null }]);
  });

  it("while the provider has no answer is trouble of the moment, and nobody's sign-in", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK);
    world.microsoft.expireAccessTokens();
    world.microsoft.set({ trouble: "down" });
    for (let n = 0; n < 2; n++) {
      await pollOnce([id]);
      expect(await account(id)).toMatchObject({ lastErrorKind: "transient", signInLost: null });
    }
    world.microsoft.set({ trouble: "none" });
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
  });

  it("to several connections at once is renewed once, and all of them wait for that", async () => {
    const { grantId } = await connectBySignIn("MICROSOFT", DESK);
    const before = await tokenOf(grantId);
    world.microsoft.set({ slowMs: 400 });
    const tokens = await Promise.all(
      Array.from({ length: 5 }, () => new GrantTokens(grantId).accessToken(before)),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(tokens).not.toContain(before);
    expect(refreshes()).toHaveLength(1);
  });

  it("again and again is renewed once a minute, not at every sign-in", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK, { oauthMailbox: "same" });
    world.microsoft.share(DESK, "billing@example.test");
    for (let n = 0; n < 3; n++) await pollOnce([id]);
    expect(refreshes()).toHaveLength(1);
    expect(await account(id)).toMatchObject({
      ...{ lastErrorKind: "auth", consecutiveFailures: 3, signInLost: null },
    });
    expect(await healthOf(id)).toMatchObject({ state: "reconnect" });
  });
});

describe("a consent that was withdrawn", () => {
  it("is said as Reconnect, and nothing is lost or failed until somebody signs in again", async () => {
    await emptyInboxes();
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    await answerWaits(id);
    await world.bed.append(DESK, rawMail({ subject: "Waits on the server" }));
    world.microsoft.revoke(DESK);
    const { failed } = await pollOnce([id]);
    expect(failed[0]?.error).toBe("Microsoft ended this sign-in, or consent was withdrawn.");
    expect(await healthOf(id)).toMatchObject({ state: "reconnect", label: "Reconnect" });
    const asked = refreshes().length;
    await pollOnce([id]);
    // Whose 48 hours are over is not given up for that.
    await db().pool.query(`UPDATE "OutboundEmail" SET "giveUpAt" = now() - interval '1 hour'`);
    expect(await deliverDue("test")).toMatchObject({ sent: 0, failed: 0, retried: 1 });
    expect(await outgoing()).toMatchObject({ status: "QUEUED", attempts: 0 });
    expect((await outgoing()).giveUpAt.getTime()).toBeGreaterThan(Date.now());
    // Once is enough: the provider's answer is known.
    expect(refreshes()).toHaveLength(asked);
    expect((await world.bed.mailsOf(DESK)).length).toBe(1);

    world.microsoft.allowAgain(DESK);
    const { url } = await beginReconnect(admin, id);
    expect(new URL(url).searchParams.get("login_hint")).toBe(DESK);
    const back = await world.microsoft.consent(url, DESK);
    expect(await finishSignIn(admin, back.searchParams)).toEqual({
      ...{ status: "connected", accountId: id, email: DESK },
    });
    expect(await account(id)).toMatchObject({ grantId, signInLost: null, lastError: null });
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  });

  it("shows also where nothing is polled", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK, { pollingEnabled: false });
    await answerWaits(id);
    world.microsoft.revoke(DESK);
    await deliverDue("test");
    expect(await healthOf(id)).toMatchObject({ state: "reconnect" });
  });

  it("is not healed by somebody else's: that waits for an admin's word", async () => {
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    const { url } = await beginReconnect(admin, id);
    const back = await world.microsoft.consent(url, "billing@example.test");
    expect(await finishSignIn(admin, back.searchParams)).toMatchObject({
      ...{ status: "granted", accountId: id, isOtherAddress: true },
    });
    expect(await account(id)).toMatchObject({ grantId });
  });
});

describe("a provider that has no answer", () => {
  it("is no trouble while the token is good, and is left alone for a while", async () => {
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    await letTokenEnd(grantId, 120);
    world.microsoft.set({ trouble: "down" });
    const before = world.microsoft.requests.length;
    for (let n = 0; n < 3; n++) expect(await pollOnce([id])).toMatchObject({ failed: [] });
    expect(world.microsoft.requests).toHaveLength(before + 1);
  });

  it.each(["down", "silent"] as const)(
    "(%s) delays mail and answers when the token is over, and they come when it is back",
    async (trouble) => {
      await emptyInboxes();
      const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
      await answerWaits(id);
      await world.bed.append(DESK, rawMail());
      await letTokenEnd(grantId, 0);
      world.microsoft.set({ trouble });
      const { failed } = await pollOnce([id]);
      expect(failed).toHaveLength(1);
      expect(await account(id)).toMatchObject({ lastErrorKind: "transient", signInLost: null });
      await addLiveWorker();
      expect(await healthOf(id)).toMatchObject({ state: "delayed" });
      expect(await deliverDue("test")).toMatchObject({ sent: 0, failed: 0, retried: 1 });
      expect(await outgoing()).toMatchObject({ status: "QUEUED", attempts: 0 });
      world.microsoft.set({ trouble: "none" });
      await makeEverythingDue();
      expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
      expect(await deliverDue("test")).toMatchObject({ sent: 1 });
      expect(await account(id)).toMatchObject({ lastError: null });
    },
  );
});

describe("a client secret that has expired", () => {
  it("is a matter of the settings: no account has to sign in again, nothing fails for good", async () => {
    await emptyInboxes();
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    await answerWaits(id);
    await letTokenEnd(grantId, 0);
    world.microsoft.set({ trouble: "client-expired" });
    await pollOnce([id]);
    expect(await healthOf(id)).toMatchObject({
      ...{ state: "failing", sentence: expect.stringContaining("has expired") },
      fix: expect.stringContaining("Sign-in for mail"),
    });
    expect(await account(id)).toMatchObject({ lastErrorKind: "config", signInLost: null });
    expect(await deliverDue("test")).toMatchObject({ failed: 0, retried: 1 });
    world.microsoft.set({ trouble: "none" });
    await makeEverythingDue();
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
    expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  });
});

describe("an app that signs in by itself", () => {
  it("reads and sends with the rights it was given, by client credentials alone", async () => {
    await emptyInboxes();
    world.microsoft.openForApp(DESK);
    const { id, grantId } = await connectByApp(DESK);
    await world.bed.append(DESK, rawMail());
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    await answerWaits(id);
    expect(await deliverDue("test")).toMatchObject({ sent: 1 });
    await letTokenEnd(grantId, 0);
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
    const bodies = world.microsoft.requests.map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    for (const body of bodies)
      expect(body).toEqual({
        ...{ grant_type: "client_credentials", client_id: world.microsoft.clientId },
        client_secret: world.microsoft.clientSecret,
        scope: "https://outlook.office365.com/.default",
      });
  });

  it("without rights to the mailbox says what an administrator has to do", async () => {
    const { grantId } = await grantAppAccess(admin, {});
    const form = { ...accountFields("MICROSOFT", DESK), grantId };
    const result = await testSettings(admin, form, { test: "imap" });
    expect(result.failure).toMatchObject({ kind: "auth" });
    expect(result.stages.find(({ state }) => state === "failed")?.name).toBe("Sign-in");
  });

  it("is refused with cause and fix where its secret is", async () => {
    world.microsoft.set({ trouble: "client-expired" });
    await expect(grantAppAccess(admin, {})).rejects.toMatchObject({
      ...{ code: "unavailable", message: expect.stringContaining("has expired") },
    });
  });
});

it("XOAUTH2 is spoken over IMAP where a server has nothing newer", async () => {
  const grantId = await grantFor("GOOGLE", DESK);
  const form = { ...accountFields("GOOGLE", DESK), grantId, imapPort: world.proxy.port };
  world.proxy.set({ mask: /AUTH=OAUTHBEARER/g });
  expect(await testSettings(admin, form, { test: "imap" })).toMatchObject({ ok: true });
  expect(world.bed.imapLog()).toContain("method=XOAUTH2");
});
