import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { unsealToken } from "@/lib/oauth/grants";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail } from "./harness/mails";
import { untilItRuns } from "./harness/patient";
import { addPerson, type Person } from "./harness/people";
import {
  addressesOf,
  consentAs,
  enterApp,
  type Providers,
  startProviders,
  useBedServers,
} from "./harness/providers";

// Accounts that sign in at Microsoft and at Google instead of by a password, from the form to the
// answered ticket, and what happens when somebody else signs in, says no, or takes consent back.

const MS = "oauth-ms@example.test";
const GOOGLE = "oauth-google@example.test";
const SHARED = "oauth-shared@example.test";
/** Somebody with a mailbox of their own, who may open the shared one as well. */
const BOSS = "oauth-boss@example.test";
const CUSTOMER = "oauth-customer@customer.test";

let admin: Person;
let providers: Providers;
/** What the desk has answered to the browsers of these tests. */
const answers: string[] = [];

withDesk(
  {
    name: "sign-in-for-mail",
    worker: true,
    // A session that is open goes on until its token ends; each poll has one of its own.
    env: { EMAIL_IDLE_ENABLED: "false" },
    async envFor(url) {
      providers = await startProviders(url);
      return addressesOf(providers);
    },
  },
  async () => {
    admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
    for (const address of [MS, GOOGLE, SHARED, BOSS, CUSTOMER])
      await providers.bed.addUser(address);
  },
);

test.afterAll(() => providers?.stop());

test.describe.configure({ mode: "serial" });

test.beforeEach(async ({ watch }) => {
  watch.visits(providers.microsoft.origin);
  watch.visits(providers.google.origin);
  await db().pool.query('DELETE FROM "RateLimit"');
});

/** Keeps what the desk answers while somebody goes through a journey. */
function listen(page: Page, deskUrl: string): void {
  page.on("response", async (response) => {
    if (!response.url().startsWith(deskUrl)) return;
    answers.push(JSON.stringify(await response.allHeaders()));
    answers.push(await response.text().catch(() => ""));
  });
}

const account = (page: Page, address: string) => page.getByRole("region", { name: address });
const callout = (page: Page, text: string | RegExp) => page.getByText(text).first();

/** Types the address and the server of the guide's Outlook chapter: the form is to know what it means. */
async function startForm(page: Page, address: string): Promise<void> {
  await page.goto("/admin/email-accounts/new");
  await page.getByLabel("Email Address", { exact: true }).fill(address);
  await page.getByLabel("Sender Name", { exact: true }).fill("The desk");
  await page.getByLabel("SMTP Host", { exact: true }).fill("smtp.office365.com");
  await expect(callout(page, "Microsoft 365 takes no passwords.")).toBeVisible();
}

/** The number of the ticket that a mail becomes, once it has. */
async function ticketOf(subject: string): Promise<number> {
  const find = () => db().prisma.ticket.findFirst({ where: { subject } });
  await expect.poll(async () => (await find())?.subject).toBe(subject);
  return (await find())?.number ?? 0;
}

/** A mail of a customer's becomes a ticket, and an answer goes back to them. */
async function answerATicket(page: Page, address: string, subject: string): Promise<void> {
  const { bed } = providers;
  const raw = rawMail({ from: `Nora Kern <${CUSTOMER}>`, to: address, subject, text: "Hello?" });
  await bed.deliver(CUSTOMER, address, raw);
  await page.goto(`/tickets/${await ticketOf(subject)}`);
  const before = (await bed.mailsOf(CUSTOMER)).length;
  await page.getByRole("textbox", { name: "Reply" }).fill("It comes tomorrow.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const mails = await bed.waitForMail(CUSTOMER, before + 1, 60_000);
  const answer = mails.at(-1)?.raw ?? "";
  expect(headerOf(answer, "From")).toContain(address);
  expect(answer).toContain("It comes tomorrow.");
}

test("Microsoft, from the settings to an answered ticket", async ({ openPage, desk }) => {
  const page = await openPage(admin);
  listen(page, desk.url);

  await test.step("a Microsoft address is led here, and told what is missing", async () => {
    await startForm(page, MS);
    await expect(page.getByRole("link", { name: "Set up sign-in with Microsoft" })).toHaveAttribute(
      "href",
      "/admin/settings#microsoft",
    );
    await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
    await expect(page.getByRole("alert").first()).toContainText("is not set up");
    await expect(page.getByLabel("Sender Name", { exact: true })).toHaveValue("The desk");
  });

  await test.step("the settings page takes the app, and shows its secret to nobody", async () => {
    await enterApp(page, "Microsoft", providers.microsoft);
    const part = page.getByRole("region", { name: "Microsoft", exact: true });
    await expect(part.getByLabel("Redirect URI")).toHaveValue(/\/api\/oauth\/callback$/);
    await expect(part.getByLabel("Client secret", { exact: true })).toHaveValue("");
    await page.reload();
    expect(await page.content()).not.toContain(providers.microsoft.clientSecret);
  });

  await test.step("sign-in and consent lead back to the form, with what was typed", async () => {
    await startForm(page, MS);
    await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
    await expect(page.getByLabel("Address", { exact: true })).toHaveValue(MS);
    await consentAs(page, MS);
    await expect(page).toHaveURL(/\/admin\/email-accounts\/new\?grant=[0-9a-f-]+$/);
    await untilItRuns(page);
    await expect(callout(page, `Signed in with Microsoft as ${MS}.`)).toBeVisible();
    await expect(page.getByLabel("Email Address", { exact: true })).toHaveValue(MS);
    await expect(page.getByLabel("Sender Name", { exact: true })).toHaveValue("The desk");
    await expect(page.getByLabel(/Password/)).toHaveCount(0);
  });

  await test.step("both tests pass, and the account is created with polling on", async () => {
    await useBedServers(page, providers.bed);
    await page.getByRole("button", { name: "Test IMAP" }).click();
    await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Test SMTP" }).click();
    await expect(page.getByText("Connection test successful", { exact: true })).toBeVisible();
    await page.getByLabel("Enable Polling", { exact: true }).check();
    await page.getByRole("button", { name: "Create Account" }).click();
    await expect(account(page, MS).getByText("Microsoft sign-in")).toBeVisible();
    await expect(account(page, MS).getByText("Healthy")).toBeVisible();
  });

  await answerATicket(page, MS, "A parcel by Microsoft");
});

test("Google, by a form that was sent before JavaScript, to an answered ticket", async ({
  openPage,
  desk,
  watch,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(admin);
  await enterApp(page, "Google", providers.google);

  await test.step("without JavaScript the page leads to Google by itself", async () => {
    const plain = await openPage(admin, { javaScriptEnabled: false });
    await plain.goto("/admin/email-accounts/new");
    await plain.getByLabel("Email Address", { exact: true }).fill(GOOGLE);
    await plain.getByLabel("Signature", { exact: true }).fill("The desk");
    await plain.getByText("Sign in with Microsoft or Google instead of a password").click();
    await plain.getByRole("button", { name: "Sign in with Google" }).click();
    await consentAs(plain, GOOGLE);
    await expect(callout(plain, `Signed in with Google as ${GOOGLE}.`)).toBeVisible();
    await expect(plain.getByLabel("Signature", { exact: true })).toHaveValue("The desk");
    await page.goto(plain.url().replace(desk.url, ""));
  });

  await useBedServers(page, providers.bed);
  await page.getByRole("button", { name: "Test IMAP" }).click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await page.getByLabel("Enable Polling", { exact: true }).check();
  await page.getByRole("button", { name: "Create Account" }).click();
  await expect(account(page, GOOGLE).getByText("Google sign-in")).toBeVisible();
  await expect(account(page, GOOGLE).getByText("Healthy")).toBeVisible();
  await answerATicket(page, GOOGLE, "A parcel by Google");
});

test("somebody else who signs in is noticed, and may open a shared mailbox", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await startForm(page, SHARED);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await consentAs(page, BOSS);
  const question = page.getByRole("group", {
    name: `Signed in as ${BOSS}, but the address is ${SHARED}.`,
  });
  await expect(question).toBeVisible();
  await untilItRuns(page);

  await page.getByRole("button", { name: "Create Account" }).click();
  await expect(question.getByText(`Sign in again as ${SHARED}`)).toBeVisible();
  expect(await db().prisma.emailAccount.count({ where: { email: SHARED } })).toBe(0);

  // The address is the one that is wrong: once it is right, nothing is asked.
  await page.getByLabel("Email Address", { exact: true }).fill(BOSS);
  await expect(question).toHaveCount(0);
  await page.getByLabel("Email Address", { exact: true }).fill(SHARED);

  providers.microsoft.share(BOSS, SHARED);
  await question.getByLabel(`${SHARED} is a shared mailbox`).check();
  await useBedServers(page, providers.bed);
  await page.getByRole("button", { name: "Test IMAP" }).click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Create Account" }).click();
  await expect(account(page, SHARED)).toBeVisible();
  await account(page, SHARED).getByRole("link", { name: "Edit" }).click();
  await expect(question.getByLabel(`${SHARED} is a shared mailbox`)).toBeChecked();
});

test("Deny leads back to the form, which says why and keeps what was typed", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await startForm(page, "oauth-denied@example.test");
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await consentAs(page, MS, "Deny");
  await expect(page.getByRole("alert").first()).toContainText(
    "Consent was not given at Microsoft.",
  );
  await expect(page.getByLabel("Email Address", { exact: true })).toHaveValue(
    "oauth-denied@example.test",
  );
  await expect(page.getByLabel("Sender Name", { exact: true })).toHaveValue("The desk");
  // Another page of the same form knows nothing of it.
  await page.goto("/admin/email-accounts/new");
  await expect(page.getByText("Consent was not given")).toHaveCount(0);
});

test("a forged state, another session's and a used one do nothing", async ({ openPage }) => {
  const page = await openPage(admin);
  await page.goto(`/api/oauth/callback?code=abc&state=${"x".repeat(43)}`);
  await expect(page).toHaveURL(/\/admin\/email-accounts\?told=[0-9a-f-]+$/);
  await expect(page.getByRole("alert").first()).toContainText("was not begun in this browser");

  await startForm(page, "oauth-forged@example.test");
  const leaving = page.waitForRequest(/\/oauth2\/v2\.0\/authorize\?/);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  const back = await providers.microsoft.consent((await leaving).url(), BOSS);
  const other = await openPage(await addPerson("ADMIN", "Eve Admin", "eve@desk.example"));
  await other.goto(back.href);
  await expect(other.getByRole("alert").first()).toContainText("was not begun in this browser");
  expect(await db().prisma.oAuthGrant.count({ where: { account: { is: null } } })).toBe(0);

  const answer = await page.request.get(back.href, { maxRedirects: 0 });
  expect(answer.headers()).toMatchObject({ "cache-control": "no-store" });
  expect(answer.headers()["referrer-policy"]).toMatch(/no-referrer$/);
  expect(answer.headers().location).toMatch(/^\/admin\/email-accounts\/new\?grant=[0-9a-f-]+$/);
  await page.goto(answer.headers().location ?? "");
  await expect(callout(page, `Signed in with Microsoft as ${BOSS}.`)).toBeVisible();
  await page.goto(back.href);
  await expect(page.getByRole("alert").first()).toContainText("was used already");
});

test("consent that is withdrawn says Reconnect, and one click mends it", async ({ openPage }) => {
  const page = await openPage(admin);
  providers.microsoft.revoke(MS);
  await db().pool.query(`UPDATE "OAuthGrant" SET "expiresAt" = now() - interval '1 minute'`);
  await db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now()`);
  await page.goto("/admin/email-accounts");
  const banner = page.getByRole("region", { name: "Email accounts in trouble" });
  await expect(account(page, MS).getByText("Reconnect", { exact: true }).first()).toBeVisible();
  await expect(banner).toContainText(`The sign-in of ${MS} has ended`);

  const { bed } = providers;
  const waiting = rawMail({ from: CUSTOMER, to: MS, subject: "While away", text: "Hello?" });
  await bed.deliver(CUSTOMER, MS, waiting);

  providers.microsoft.allowAgain(MS);
  await banner.getByRole("button", { name: `Reconnect ${MS}` }).click();
  await expect(page.getByLabel("Address", { exact: true })).toHaveValue(MS);
  await consentAs(page, MS);
  await expect(page.getByText(`Connected ${MS} again.`)).toBeVisible();
  await expect(banner).toHaveCount(0);
  await expect(account(page, MS).getByText("Healthy")).toBeVisible();
  expect(await ticketOf("While away")).toBeGreaterThan(0);
});

test("an account goes back to a password", async ({ openPage }) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await account(page, GOOGLE).getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Use a password instead" }).click();
  await page.getByLabel("SMTP Username", { exact: true }).fill(GOOGLE);
  await page.getByLabel("SMTP Password", { exact: true }).fill("pw");
  await page.getByRole("button", { name: "Update Account" }).click();
  await expect(page.getByText(`Updated ${GOOGLE}.`)).toBeVisible();
  await expect(account(page, GOOGLE).getByText("Google sign-in")).toHaveCount(0);
  expect(await db().prisma.oAuthGrant.count({ where: { provider: "GOOGLE" } })).toBe(0);
});

test("app access needs nobody’s sign-in", async ({ openPage }) => {
  const page = await openPage(admin);
  const address = "oauth-app@example.test";
  await providers.bed.addUser(address);
  providers.microsoft.openForApp(address);
  await startForm(page, address);
  await page.getByText("Without anybody’s sign-in").first().click();
  await page.getByRole("button", { name: "Use app access" }).click();
  await expect(callout(page, "Mailroom signs in at Microsoft by itself.")).toBeVisible();
  await useBedServers(page, providers.bed);
  await page.getByRole("button", { name: "Test IMAP" }).click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
});

test("no token and no secret is in any answer, log, dump or built file", async ({
  openPage,
  desk,
}) => {
  const page = await openPage(admin);
  const rows = await db().prisma.oAuthGrant.findMany();
  expect(rows.length).toBeGreaterThan(2);
  const tokens = rows.flatMap((row) => [
    unsealToken(row.id, "accessToken", row.accessTokenSealed),
    ...(row.refreshTokenSealed
      ? [unsealToken(row.id, "refreshToken", row.refreshTokenSealed)]
      : []),
  ]);
  const sent = [...providers.microsoft.requests, ...providers.google.requests].flatMap(
    ({ body }) => [body.code, body.code_verifier, body.refresh_token, body.client_secret],
  );
  const secrets = [...new Set([...tokens, ...sent])].filter((secret) => secret !== undefined);
  expect(secrets.length).toBeGreaterThan(8);

  const { id } = await db().prisma.emailAccount.findUniqueOrThrow({ where: { email: MS } });
  const pages = ["/admin/email-accounts", `/admin/email-accounts/${id}/edit`, "/admin/settings"];
  for (const path of [...pages, `/admin/monitoring/${id}`, "/admin/mail"]) {
    const response = await page.goto(path);
    answers.push((await response?.text()) ?? "");
  }
  const pending = rows.find((row) => row.form !== null);
  answers.push(
    (await (await page.goto(`/admin/email-accounts/new?grant=${pending?.id}`))?.text()) ?? "",
  );
  const places: Record<string, string> = {
    ...{ answers: answers.join("\n"), web: desk.webLog(), worker: desk.workerLog() },
    ...{ dump: await dumpOf(), build: builtFiles() },
  };
  expect(places.answers).toContain("Signed in with Microsoft");
  expect(places.dump).toContain(MS);
  expect(places.build?.length).toBeGreaterThan(100_000);
  for (const [place, text] of Object.entries(places))
    expect(secrets.filter((secret) => text.includes(secret)).length, `secrets in: ${place}`).toBe(
      0,
    );
});

/** Every row of every table, as a dump would have it. */
async function dumpOf(): Promise<string> {
  const { pool } = db();
  const tables = await pool.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
    texts.push(...rows.map(({ text }) => text));
  }
  return texts.join("\n");
}

/** What the build made, for browsers and for the two processes. */
function builtFiles(): string {
  const root = path.resolve(import.meta.dirname, "..");
  const folders = [path.join(root, process.env.NEXT_DIST_DIR || ".next"), path.join(root, "dist")];
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(m?js|json|html|rsc|css)$/.test(entry.name))
        .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8")),
    )
    .join("\n");
}
