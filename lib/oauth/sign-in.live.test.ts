import { describe, expect, it } from "vitest";
import { createAccount } from "../accounts/create";
import { deleteAccount } from "../accounts/delete";
import { getEditableAccount } from "../accounts/get";
import { listAccounts } from "../accounts/list";
import { testSettings } from "../accounts/test-connection";
import { updateAccount } from "../accounts/update";
import { db } from "../db/client";
import { deliverDue } from "../outbound/deliver";
import { createUser } from "../testing/factories";
import {
  accountFields,
  admin,
  connectByApp,
  connectBySignIn,
  grantFor,
  providerOf,
  signedInAdmin,
  signInFor,
  useOAuthWorld,
  world,
} from "../testing/oauth-world";
import type { SpeaksAs } from "../testing/openid-provider";
import { pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { forgetAbandoned, getPendingGrant } from "./grants";
import { beginReconnect, beginSignIn, finishSignIn } from "./sign-in";

useOAuthWorld();

const DESK = "support@example.test";
const OTHER = "billing@example.test";
const CUSTOMER = "customer@customer.test";
const BOTH: SpeaksAs[] = ["MICROSOFT", "GOOGLE"];

const grants = () => db().prisma.oAuthGrant.count();
const begin = (as: SpeaksAs, email = DESK) => beginSignIn(admin, { provider: as, email, form: {} });

async function emptyInboxes(): Promise<void> {
  for (const user of [DESK, OTHER, CUSTOMER])
    await world.bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
}

describe.each(BOTH)("with %s", (as) => {
  it("consent leads to polled mail and a sent answer, each signed in to by token", async () => {
    await emptyInboxes();
    const { id } = await connectBySignIn(as, DESK);
    await world.bed.append(DESK, rawMail({ from: CUSTOMER, subject: "Lamp" }));
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    const { number } = await db().prisma.ticket.findFirstOrThrow();
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    await replyToTicket(agent, { number, text: "Change the bulb." });
    expect(await deliverDue("test")).toMatchObject({ sent: 1, failed: 0 });
    expect((await world.bed.waitForMail(CUSTOMER, 1))[0]?.raw).toContain("Change the bulb.");
    expect(world.bed.imapLog()).toContain(`user=<${DESK}>, method=OAUTHBEARER`);
    expect(world.bed.smtpLog()).toContain(`sasl_method=XOAUTH2, sasl_username=${DESK}`);
    const account = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
    expect(account).toMatchObject({
      ...{ provider: as, smtpPasswordSealed: null, imapPasswordSealed: null, smtpUsername: DESK },
    });
  });

  it("asks for the code as the provider wants it, and exchanges it with nothing else", async () => {
    const { url } = await begin(as);
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({
      ...{ client_id: "mailroom-test", response_type: "code", code_challenge_method: "S256" },
      redirect_uri: "http://localhost:3000/api/oauth/callback",
      ...{ login_hint: DESK, code_challenge: expect.stringMatching(/^[\w-]{43}$/) },
      scope:
        as === "GOOGLE"
          ? "openid email https://mail.google.com/"
          : "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
      ...(as === "GOOGLE"
        ? { access_type: "offline", prompt: "consent" }
        : { response_mode: "query", prompt: "select_account" }),
    });
    const back = await providerOf(as).consent(url, DESK);
    await finishSignIn(admin, back.searchParams);
    const [request, ...more] = providerOf(as).requests;
    expect(more).toEqual([]);
    expect(Object.keys(request?.body ?? {}).sort()).toEqual([
      ...["client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"],
    ]);
    expect(request?.body).toMatchObject({
      ...{ grant_type: "authorization_code", redirect_uri: asked.redirect_uri },
    });
  });

  it("keeps the form, tests by the sign-in before anything is saved, and for this admin only", async () => {
    const outcome = await signInFor(as, DESK);
    expect(outcome).toMatchObject({
      ...{ status: "granted", email: DESK, signedInAs: DESK, isOtherAddress: false },
      form: { email: DESK, name: "Desk" },
    });
    const grantId = outcome.status === "granted" ? outcome.grantId : "";
    expect(await getPendingGrant(admin, grantId)).toMatchObject({ signedInAs: DESK });
    const form = { ...accountFields(as, DESK), grantId };
    for (const test of ["imap", "smtp", "mail"] as const)
      expect(await testSettings(admin, form, { test })).toMatchObject({ ok: true, failure: null });
    const other = await signedInAdmin();
    await expect(getPendingGrant(other, grantId)).rejects.toMatchObject({ code: "not-found" });
    await expect(createAccount(other, form)).rejects.toMatchObject({ field: "grantId" });
    expect(await db().prisma.emailAccount.count()).toBe(0);
  });
});

describe("a callback that is not the end of a sign-in begun here", () => {
  it("with a forged state does nothing and asks nobody", async () => {
    const forged = new URLSearchParams({ state: "x".repeat(43), code: "code" });
    expect(await finishSignIn(admin, forged)).toMatchObject({ status: "unknown" });
    expect(await finishSignIn(admin, new URLSearchParams())).toMatchObject({ status: "unknown" });
    expect([await grants(), world.microsoft.requests]).toEqual([0, []]);
  });

  it("of another session does nothing, and leaves the sign-in to its own", async () => {
    const { url } = await begin("MICROSOFT");
    const back = await world.microsoft.consent(url, DESK);
    const stranger = await signedInAdmin();
    expect(await finishSignIn(stranger, back.searchParams)).toMatchObject({ status: "unknown" });
    expect(world.microsoft.requests).toEqual([]);
    expect(await finishSignIn(admin, back.searchParams)).toMatchObject({ status: "granted" });
  });

  it("that was there before does nothing, even at the same moment", async () => {
    const { url } = await begin("MICROSOFT");
    const { searchParams } = await world.microsoft.consent(url, DESK);
    const both = await Promise.all([1, 2].map(() => finishSignIn(admin, searchParams)));
    expect(both.map(({ status }) => status).sort()).toEqual(["granted", "unknown"]);
    expect(await finishSignIn(admin, searchParams)).toMatchObject({ status: "unknown" });
    expect(world.microsoft.requests).toHaveLength(1);
  });

  it("with a code that was used before is refused by the provider", async () => {
    const first = await begin("MICROSOFT");
    const used = (await world.microsoft.consent(first.url, DESK)).searchParams;
    await finishSignIn(admin, used);
    const second = new URL((await begin("MICROSOFT")).url);
    const replayed = new URLSearchParams(used);
    replayed.set("state", second.searchParams.get("state") ?? "");
    expect(await finishSignIn(admin, replayed)).toMatchObject({ status: "refused" });
    expect(await grants()).toBe(1);
  });

  it("that comes too late does nothing", async () => {
    const { url } = await begin("MICROSOFT");
    const back = await world.microsoft.consent(url, DESK);
    await db().pool.query(`UPDATE "OAuthSignIn" SET "expiresAt" = now() - interval '1 second'`);
    expect(await finishSignIn(admin, back.searchParams)).toMatchObject({ status: "unknown" });
  });

  it("can't be had by a redirect URI that is not ours: the provider sends nobody there", async () => {
    const url = new URL((await begin("MICROSOFT")).url);
    url.searchParams.set("redirect_uri", "https://evil.example/api/oauth/callback");
    await expect(world.microsoft.consent(url.href, DESK)).rejects.toThrow(/redirect_uri/);
  });

  it("is for admins", async () => {
    const agent = { ...admin, role: "AGENT" as const };
    const asked = { provider: "GOOGLE", email: DESK, form: {} } as const;
    await expect(beginSignIn(agent, asked)).rejects.toMatchObject({ code: "forbidden" });
    const nothing = new URLSearchParams();
    await expect(finishSignIn(agent, nothing)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a sign-in that comes to nothing", () => {
  it("because the person says no brings the form back, with what to do", async () => {
    const { url } = await beginSignIn(admin, {
      ...{ provider: "GOOGLE", email: DESK, form: { name: "Desk", smtpPassword: "not kept" } },
    });
    const back = await world.google.consent(url, DESK, "deny");
    expect(await finishSignIn(admin, back.searchParams)).toEqual({
      ...{ status: "refused", provider: "GOOGLE", accountId: null, isReconnect: false },
      ...{ cause: "Consent was not given at Google.", fix: expect.stringContaining("agree") },
      form: { name: "Desk" },
    });
  });

  it("because the rights to the mailbox were unticked says so", async () => {
    world.google.set({ withholdsMail: true });
    expect(await signInFor("GOOGLE", DESK)).toMatchObject({
      ...{ status: "refused", cause: expect.stringContaining("not to read and send mail") },
    });
    expect(await grants()).toBe(0);
  });

  it.each([
    ["client-expired", /client secret .* has expired/],
    ["client-unknown", /refuses Mailroom's app/],
    ["down", /trouble of its own/],
    ["silent", /can't be reached/],
  ] as const)("because the provider's token endpoint says: %s", async (trouble, words) => {
    world.microsoft.set({ trouble });
    expect(await signInFor("MICROSOFT", DESK)).toMatchObject({
      ...{ status: "refused", cause: expect.stringMatching(words) },
    });
    expect(await grants()).toBe(0);
  });
});

it("sign-ins that nobody ended or saved are forgotten, and those of accounts are not", async () => {
  const { grantId } = await connectBySignIn("GOOGLE", OTHER);
  await grantFor("MICROSOFT", DESK);
  await begin("MICROSOFT");
  await db().pool.query(`UPDATE "OAuthGrant" SET "createdAt" = now() - interval '25 hours'`);
  await db().pool.query(`UPDATE "OAuthSignIn" SET "expiresAt" = now() - interval '1 second'`);
  await forgetAbandoned();
  expect(await db().prisma.oAuthGrant.findMany()).toMatchObject([{ id: grantId }]);
  expect(await db().prisma.oAuthSignIn.count()).toBe(0);
});

describe("another address than the account's", () => {
  it("is noticed, and saved only when an admin says what it is", async () => {
    const outcome = await signInFor("MICROSOFT", DESK, OTHER);
    expect(outcome).toMatchObject({ signedInAs: OTHER, isOtherAddress: true });
    const grantId = outcome.status === "granted" ? outcome.grantId : "";
    const form = { ...accountFields("MICROSOFT", DESK), grantId };
    const refusal = { code: "invalid", field: "oauthMailbox" };
    await expect(createAccount(admin, form)).rejects.toMatchObject(refusal);
    await expect(testSettings(admin, form, { test: "imap" })).rejects.toMatchObject(refusal);
    const { id } = await createAccount(admin, { ...form, oauthMailbox: "alias" });
    await emptyInboxes();
    await world.bed.append(OTHER, rawMail({ subject: "In the other mailbox" }));
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect((await getEditableAccount(id)).values).toMatchObject({
      ...{ provider: "MICROSOFT", oauthMailbox: "alias", smtpUsername: OTHER },
    });
  });

  it("opens a shared mailbox, whose name is what the server is told", async () => {
    await emptyInboxes();
    world.microsoft.share(OTHER, DESK);
    const { id } = await connectBySignIn("MICROSOFT", DESK, {
      ...{ person: OTHER, oauthMailbox: "shared" },
    });
    await world.bed.append(DESK, rawMail({ subject: "In the shared mailbox" }));
    expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
    const { signIn, values } = await getEditableAccount(id);
    expect(signIn).toEqual({
      provider: "MICROSOFT",
      kind: "person",
      signedInAs: OTHER,
      lost: null,
    });
    expect(values).toMatchObject({ oauthMailbox: "shared", smtpUsername: DESK });
  });

  it("opens no mailbox that is not shared with it", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK, {
      ...{ person: OTHER, oauthMailbox: "shared" },
    });
    const { failed } = await pollOnce([id]);
    expect(failed[0]?.error).toMatch(/does not take the token for support@example\.test/);
  });

  it("is no shared mailbox at Google", async () => {
    const form = {
      ...accountFields("GOOGLE", DESK),
      grantId: await grantFor("GOOGLE", DESK, OTHER),
    };
    const shared = createAccount(admin, { ...form, oauthMailbox: "shared" });
    await expect(shared).rejects.toMatchObject({ code: "invalid", field: "oauthMailbox" });
  });
});

describe("an account that is edited", () => {
  it("keeps its sign-in, and signs in to no server that is not the provider's", async () => {
    const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
    const form = accountFields("MICROSOFT", DESK);
    await updateAccount(admin, id, { ...form, name: "Lamps", isDefault: true });
    const account = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
    expect(account).toMatchObject({ grantId, name: "Lamps" });
    for (const field of ["smtpHost", "imapHost"]) {
      const moved = { ...form, isDefault: true, [field]: "imap.evil.example" };
      const refusal = { code: "invalid", field };
      await expect(updateAccount(admin, id, moved)).rejects.toMatchObject(refusal);
      const test = testSettings(admin, moved, { test: "mail", id });
      await expect(test).rejects.toMatchObject(refusal);
    }
    const plain = { ...form, isDefault: true, imapHost: "imap.gmail.com" };
    await expect(updateAccount(admin, id, plain)).rejects.toMatchObject({ field: "imapHost" });
  });

  it("changes to passwords and forgets its tokens, and back again", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK);
    const form = { ...accountFields("MICROSOFT", DESK), isDefault: true };
    const byPassword = { ...form, provider: "SMTP" as const, smtpUsername: DESK };
    const none = updateAccount(admin, id, byPassword);
    await expect(none).rejects.toMatchObject({ code: "invalid", field: "smtpPassword" });
    await updateAccount(admin, id, { ...byPassword, smtpPassword: "pw" });
    expect(await grants()).toBe(0);
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
    const again = { ...form, grantId: await grantFor("MICROSOFT", DESK) };
    await updateAccount(admin, id, again);
    // A form that is sent twice means the same.
    await updateAccount(admin, id, again);
    const account = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
    expect(account).toMatchObject({ smtpPasswordSealed: null, grantId: again.grantId });
    expect(await pollOnce([id])).toMatchObject({ failed: [] });
  });

  it("takes its tokens along when it is deleted", async () => {
    const { id } = await connectBySignIn("GOOGLE", DESK);
    const { accounts } = await listAccounts();
    expect(accounts).toMatchObject([
      { id, provider: "GOOGLE", hasPassword: true, canReconnect: true },
    ]);
    await deleteAccount(admin, id);
    expect(await grants()).toBe(0);
  });

  it("is connected again by a person only where a person signed in", async () => {
    world.microsoft.openForApp(DESK);
    const { id } = await connectByApp(DESK);
    expect((await listAccounts()).accounts).toMatchObject([{ id, canReconnect: false }]);
    expect((await getEditableAccount(id)).signIn).toMatchObject({ kind: "app", signedInAs: "" });
    await expect(beginReconnect(admin, id)).rejects.toMatchObject({ code: "conflict" });
    await expect(beginReconnect(admin, "x")).rejects.toMatchObject({ code: "not-found" });
  });

  it("takes the hosts of its provider when none is typed", async () => {
    const { id } = await connectBySignIn("MICROSOFT", DESK, {
      ...{ smtpHost: "", smtpPort: "", smtpSecurity: "auto", pollingEnabled: false },
      ...{ imapHost: "", imapPort: "", imapSecurity: "auto" },
    });
    const account = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
    expect(account).toMatchObject({
      ...{ smtpHost: "smtp.office365.com", smtpPort: 587, smtpSecurity: "STARTTLS" },
      ...{ imapHost: "outlook.office365.com", imapPort: 993, imapSecurity: "TLS" },
    });
  });
});
