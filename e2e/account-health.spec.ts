import { createHmac } from "node:crypto";
import path from "node:path";
import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import type { AccountInput } from "@/lib/accounts/schema";
import { db } from "@/lib/db/client";
import { type FaultProxy, startFaultProxy } from "@/lib/testing/fault-proxy";
import type { MailBed } from "@/lib/testing/mail-bed";
import { startWebhookServer, type WebhookServer } from "@/lib/testing/webhook-server";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

// An account's server goes away and comes back: who is told, how, and what the pages say.

const LEFT = "health-left@example.test";
const STAYS = "health-stays@example.test";
const ADMIN = "health-ada@customer.test";

let admin: Person;
let agent: Person;
let proxy: FaultProxy;
let hook: WebhookServer;
let leftId: string;

async function connect(bed: MailBed, email: string, fields: Partial<AccountInput> = {}) {
  await bed.addUser(email);
  const account = await createAccount(
    { id: admin.id, role: "ADMIN" },
    {
      ...{ email, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: email },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "now" as const },
      ...fields,
    },
  );
  return account.id;
}

withDesk({ name: "account-health", worker: true }, async (_desk, { bed }) => {
  admin = await addPerson("ADMIN", "Ada Admin", ADMIN);
  agent = await addPerson("AGENT", "Nora Agent", "health-nora@desk.example");
  await bed.addUser(ADMIN);
  proxy = await startFaultProxy(bed.imapPort);
  const folder = path.join(bed.dir, "tls");
  hook = await startWebhookServer({ folder, caFile: bed.caFile, caPem: bed.caPem });
  await connect(bed, STAYS);
  leftId = await connect(bed, LEFT, { imapPort: proxy.port });
});

test.afterAll(async () => {
  await proxy?.close();
  await hook?.stop();
});

const left = () => db().prisma.emailAccount.findUniqueOrThrow({ where: { id: leftId } });

/** The clock of the rows: what happened, and since when somebody watches, is ten minutes longer ago. */
async function tenMinutesPass(): Promise<void> {
  const past = "interval '10 minutes'";
  await db().pool.query(
    `UPDATE "EmailAccount" SET "lastPolledAt" = "lastPolledAt" - ${past}, "pollingSince" = "pollingSince" - ${past},
       "failingSince" = "failingSince" - ${past} WHERE "id" = $1`,
    [leftId],
  );
  await db().pool.query(
    `UPDATE "Setting" SET "value" = jsonb_build_object('since', now() - ${past}) WHERE "key" = 'alerts.watch'`,
  );
}

const banner = (page: Page) => page.getByRole("region", { name: "Email accounts in trouble" });

/** The subject lines of what the admin was told by mail. */
const told = async (bed: MailBed) =>
  (await bed.mailsOf(ADMIN)).map(({ raw }) => headerOf(raw, "Subject"));

test("a server goes away and comes back: banner, mail and webhook tell of it, and that it is over", async ({
  openPage,
  servers: { bed },
}) => {
  test.setTimeout(240_000);
  await expect.poll(async () => (await left()).lastPolledAt).not.toBeNull();
  await bed.deliver(
    "customer@customer.test",
    LEFT,
    rawMail({ from: "customer@customer.test", to: LEFT, subject: "Lamp", text: "It is broken." }),
  );
  await expect.poll(() => db().prisma.ticket.count()).toBe(1);

  const alerts = await openPage(admin);
  await alerts.goto("/admin/alerts");
  await alerts.getByLabel("Webhook address").fill("http://127.0.0.1/hook");
  await alerts.getByRole("button", { name: "Save webhook" }).click();
  await expect(alerts.getByText("The address must begin with https://.").first()).toBeVisible();
  await alerts.getByLabel("Webhook address").fill(`https://127.0.0.1:${hook.port}/hook`);
  await alerts.getByRole("button", { name: "Save webhook" }).click();
  const secret = await alerts.getByLabel("Signing secret").inputValue();
  expect(secret).toMatch(/^whsec_/);

  const page = await openPage(admin);
  await page.goto("/tickets");
  const agents = await openPage(agent);
  await expect(banner(page)).toHaveCount(0);

  proxy.set({ reset: true });
  proxy.reset();
  await expect
    .poll(async () => (await left()).consecutiveFailures, { timeout: 60_000 })
    .toBeGreaterThan(0);
  const list = await openPage(admin);
  await list.goto("/admin/email-accounts");
  const region = list.getByRole("region", { name: LEFT, exact: true });
  // A moment's trouble alarms nobody.
  await expect(region.getByText("Delayed")).toBeVisible();
  await expect(banner(list)).toHaveCount(0);
  await expect
    .poll(async () => (await left()).consecutiveFailures, { timeout: 60_000 })
    .toBeGreaterThan(2);
  await tenMinutesPass();

  await expect(banner(page)).toContainText(`${LEFT} brings no mail.`, { timeout: 40_000 });
  await agents.goto("/tickets");
  await expect(banner(agents)).toHaveCount(0);
  await banner(page).getByRole("link", { name: "See why" }).click();
  await expect(page).toHaveURL(/\/admin\/email-accounts$/);
  const failing = page.getByRole("region", { name: LEFT, exact: true });
  await expect(failing.getByText(/Failing since \d+/)).toBeVisible();
  await expect(failing.getByText(/\d+ tries/)).toBeVisible();
  const stays = page.getByRole("region", { name: STAYS, exact: true });
  await expect(stays.getByText("Healthy")).toBeVisible();
  await expect.poll(() => told(bed)).toEqual([`${LEFT} brings no mail`]);
  const [mail] = await bed.mailsOf(ADMIN);
  expect(headerOf(mail?.raw ?? "", "From")).toContain(STAYS);
  expect(textOf(mail?.raw ?? "")).toContain("/admin/email-accounts");
  await expect.poll(() => hook.heard.length).toBe(1);

  proxy.set({});
  await failing.getByRole("button", { name: "Poll now" }).click();
  await expect(banner(page)).toHaveCount(0, { timeout: 60_000 });
  await expect(failing.getByText("Healthy")).toBeVisible();
  await expect
    .poll(() => told(bed))
    .toEqual([`${LEFT} brings no mail`, `${LEFT} brings mail again`]);
  await expect.poll(() => hook.heard.length).toBe(2);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  for (const { headers, body } of hook.heard) {
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  }
  expect(hook.heard.map(({ body }) => JSON.parse(body).type)).toEqual([
    ...["accounts.stopped", "accounts.resolved"],
  ]);

  await alerts.reload();
  const row = alerts.getByRole("table", { name: "Last alerts" }).getByRole("row").nth(1);
  await expect(row).toContainText(LEFT);
  await expect(row).toContainText("Works again");
  await expect(alerts.getByLabel("Signing secret")).toHaveCount(0);
  // Nobody's mail about the desk became a ticket of it.
  expect(await db().prisma.ticket.count()).toBe(1);
});

test("the monitoring pages show the polls that were, without JavaScript as well", async ({
  openPage,
  watch,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(admin);
  await page.goto("/admin/monitoring");
  await expect(page.getByRole("table", { name: "Workers" }).getByRole("row")).toHaveCount(2);
  await expect(page.getByText("Alive, heard")).toBeVisible();
  const account = page.getByRole("region", { name: LEFT, exact: true });
  await expect(
    account.getByRole("img", { name: /^Polls of the last 24 hours: .* failed$/ }),
  ).toBeVisible();
  await expect(account.getByRole("img", { name: /^Polls of the last 7 days: / })).toBeVisible();
  await expect(account.getByText("In 7 days 1 mail, 1 ticket")).toBeVisible();
  await expect(account.getByText(/server \d+ · held \d+ · quarantined 0/)).toBeVisible();
  await account.getByRole("link", { name: LEFT }).click();

  await expect(page.getByRole("heading", { name: `Polls of ${LEFT}` })).toBeVisible();
  const polls = page.getByRole("table", { name: "Polls", exact: true });
  await expect(polls.getByText("Nothing new").first()).toBeVisible();
  await page.getByRole("link", { name: "Failed", exact: true }).click();
  await expect(page).toHaveURL(/polls=failed/);
  await expect(polls.getByText(/^Failed: /).first()).toBeVisible();
  await expect(polls.getByText("Nothing new")).toHaveCount(0);
  await page.getByRole("link", { name: "With mail" }).click();
  await expect(page).toHaveURL(/polls=mail/);
  await expect(polls.getByRole("row")).toHaveCount(2);
  await expect(polls.getByText("New mail")).toBeVisible();

  const plain = await openPage(admin, { javaScriptEnabled: false });
  await plain.goto(`/admin/monitoring/${leftId}?period=week`);
  await expect(
    plain.getByRole("img", { name: /Mails and tickets per hour, the last 7 days/ }),
  ).toBeVisible();
  await plain.getByText("Every hour in numbers").click();
  const hours = plain.getByRole("table", { name: "By hour" });
  await expect(hours.getByRole("row")).toHaveCount(169);
});
