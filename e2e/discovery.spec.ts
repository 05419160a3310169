import { randomInt } from "node:crypto";
import path from "node:path";
import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { setLookUps } from "@/lib/discovery/look-ups";
import { type HttpsServer, startHttpsServer } from "@/lib/testing/https-server";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { unfold } from "./harness/fold";
import { addPerson, type Person } from "./harness/people";

let admin: Person;
let agent: Person;
let web: HttpsServer;

/** An own loopback address, so that specs side by side may each have a port 443. */
const WEB = `127.${randomInt(10, 250)}.${randomInt(250)}.${randomInt(1, 250)}`;
const FILED = "support@finding.mailbed";

withDesk(
  {
    name: "discovery",
    zone: {
      "finding.mailbed": { mx: [[10, "mx.finding.mailbed"]] },
      "autoconfig.finding.mailbed": { a: [WEB] },
      "tenant.mailbed": { mx: [[0, "tenant-mailbed.mail.protection.outlook.com"]] },
      "workspace.mailbed": { mx: [[1, "aspmx.l.google.com"]] },
      "inside.mailbed": {},
      "_imaps._tcp.inside.mailbed": { srv: [[0, 1, 993, "mail.inside.mailbed"]] },
      "mail.inside.mailbed": { a: ["10.0.0.5"] },
      "recorded.mailbed": {},
    },
  },
  async (desk, { bed }) => {
    admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
    agent = await addPerson("AGENT", "Ben Agent", "ben@desk.example");
    web = await serveAutoconfig(bed);
    const srv = (port: number): [number, number, number, string][] => [[0, 1, port, "localhost"]];
    Object.assign(desk.nameServer?.zone ?? {}, {
      "_imap._tcp.recorded.mailbed": { srv: srv(bed.imapPort) },
      "_submission._tcp.recorded.mailbed": { srv: srv(bed.smtpPort) },
    });
  },
);

test.afterAll(() => web.close());

test.beforeEach(async () => {
  await db().prisma.emailAccount.deleteMany();
  await db().pool.query('DELETE FROM "RateLimit"');
});

/** The file of a hoster, which names the bed's servers. */
async function serveAutoconfig(bed: MailBed): Promise<HttpsServer> {
  const file = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="finding.mailbed">
    <domain>finding.mailbed</domain>
    <displayName>Finding</displayName>
    <incomingServer type="imap">
      <hostname>localhost</hostname><port>${bed.imapsPort}</port><socketType>SSL</socketType>
      <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>localhost</hostname><port>${bed.smtpPort}</port><socketType>STARTTLS</socketType>
      <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>`;
  const { caFile, caPem } = bed;
  const certificates = { caFile, caPem, folder: path.dirname(caFile) };
  const names = ["autoconfig.finding.mailbed"];
  return startHttpsServer({ certificates, names, address: WEB, port: 443 }, (url, response) => {
    const isThere = url.pathname === "/mail/config-v1.1.xml";
    response.writeHead(isThere ? 200 : 404).end(isThere ? file : "");
  });
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function typeAddress(page: Page, address: string): Promise<void> {
  await page.goto("/admin/email-accounts/new");
  await field(page, "Email Address").fill(address);
  await field(page, "Email Address").press("Tab");
}

test("an address is typed, its servers are found by the domain's own file, and the account is created", async ({
  openPage,
  servers: { bed },
}) => {
  await bed.addUser(FILED);
  const page = await openPage(admin);
  await typeAddress(page, FILED);
  await expect(page.getByText("Found by finding.mailbed’s autoconfig file.")).toBeVisible();
  expect(web.requests).toContain(
    `GET https://autoconfig.finding.mailbed/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(FILED)}`,
  );
  expect(await violationsOn(page, "light")).toEqual([]);
  // Folded away, and there to be changed.
  await expect(page.getByText(`localhost, port ${bed.imapsPort}, SSL/TLS`)).toBeVisible();
  await expect(field(page, "SMTP Host")).toBeHidden();
  await page.getByText(`localhost, port ${bed.smtpPort}, STARTTLS`).click();
  await expect(field(page, "SMTP Host")).toHaveValue("localhost");
  await expect(field(page, "SMTP Port")).toHaveValue(String(bed.smtpPort));
  await unfold(page, "What was tried");
  await expect(page.getByText("Leads to mx.finding.mailbed.")).toBeVisible();

  await field(page, "SMTP Password").fill("pw");
  await button(page, "Test IMAP").click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await button(page, "Test SMTP").click();
  await expect(page.getByText("Connection test successful", { exact: true })).toBeVisible();
  await button(page, "Create Account").click();
  await expect(page.getByRole("region", { name: FILED })).toBeVisible();
  expect(await db().prisma.emailAccount.findFirstOrThrow()).toMatchObject({
    ...{ smtpHost: "localhost", smtpPort: bed.smtpPort, smtpSecurity: "STARTTLS" },
    ...{ imapHost: "localhost", imapPort: bed.imapsPort, imapSecurity: "TLS" },
    ...{ smtpUsername: FILED, imapUsername: null },
  });
});

test("SRV records lead outside of the domain: that is said, and what was typed is never touched", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(admin);
  await typeAddress(page, "support@recorded.mailbed");
  await expect(page.getByText("Found by recorded.mailbed’s SRV records.")).toBeVisible();
  await expect(page.getByText("localhost is outside of recorded.mailbed.")).toBeVisible();
  await page.getByText(`localhost, port ${bed.imapPort}, STARTTLS`).click();
  await field(page, "IMAP Host").fill("127.0.0.1");
  await expect(page.getByText(`127.0.0.1, port ${bed.imapPort}, STARTTLS`)).toBeVisible();

  // Another address, whose servers nobody knows: what was filled in goes, what was typed stays.
  await field(page, "Email Address").fill("support@inside.mailbed");
  await unfold(page, "What was tried");
  await button(page, "Look again").click();
  await expect(page.getByText("No servers were found for inside.mailbed.")).toBeVisible();
  await expect(field(page, "IMAP Host")).toHaveValue("127.0.0.1");
  await expect(field(page, "SMTP Host")).toHaveValue("");
  await expect(field(page, "SMTP Host")).toBeVisible();
});

test("a record that leads to a private address is refused, with the setting that would allow it", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await typeAddress(page, "support@inside.mailbed");
  await expect(page.getByText("No servers were found for inside.mailbed.")).toBeVisible();
  await unfold(page, "What was tried");
  await expect(
    page
      .getByText(/mail\.inside\.mailbed \(10\.0\.0\.5\) is .* EMAIL_ALLOWED_PRIVATE_HOSTS/)
      .first(),
  ).toBeVisible();
  await expect(field(page, "IMAP Host")).toHaveValue("");
});

test("what cannot work is said before a password is tried", async ({ openPage }) => {
  const page = await openPage(admin);
  await typeAddress(page, "support@tenant.mailbed");
  await expect(
    page.getByText("Microsoft 365 takes no passwords. Sign in instead.", { exact: true }),
  ).toBeVisible();
  await expect(page.getByRole("link", { name: "Step by step" }).first()).toHaveAttribute(
    "href",
    "/help/sign-in-apps#microsoft",
  );
  await typeAddress(page, "somebody@proton.me");
  await expect(page.getByText("Proton Mail cannot be read with a password.")).toBeVisible();

  await typeAddress(page, "support@workspace.mailbed");
  await expect(
    page.getByText(/Found by workspace\.mailbed’s MX record, which leads/),
  ).toBeVisible();
  await expect(page.getByRole("link", { name: "Create an app password" })).toHaveAttribute(
    "href",
    "https://myaccount.google.com/apppasswords",
  );
  await field(page, "SMTP Password").fill("an everyday password");
  await field(page, "SMTP Password").press("Tab");
  await expect(page.getByText(/Google takes only an app password here: 16 letters/)).toBeVisible();
});

test("before JavaScript the servers come back filled in, and nothing is sent to them unseen", async ({
  openPage,
  watch,
  servers: { bed },
}) => {
  // The browser was told to run no scripts, and says of each that it did not load it.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const address = "plain@recorded.mailbed";
  await bed.addUser(address);
  const page = await openPage(admin, { javaScriptEnabled: false });
  await page.goto("/admin/email-accounts/new");
  await field(page, "Email Address").fill(address);
  await field(page, "SMTP Password").fill("pw");
  await button(page, "Create Account").click();
  await expect(
    page.getByText("Servers were found for recorded.mailbed and filled in. Look at them"),
  ).toBeVisible();
  expect(await db().prisma.emailAccount.count()).toBe(0);
  await expect(page.getByText(`localhost, port ${bed.imapPort}, STARTTLS`)).toBeVisible();
  await field(page, "SMTP Password").fill("pw");
  await button(page, "Create Account").click();
  await expect(page.getByRole("region", { name: address })).toBeVisible();
  expect(await db().prisma.emailAccount.findFirstOrThrow()).toMatchObject({
    ...{ smtpHost: "localhost", smtpPort: bed.smtpPort, imapPort: bed.imapPort },
  });
});

test("an admin switches the look-ups off: nobody is asked any more", async ({ openPage, desk }) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await button(page, "Switch look-ups off").click();
  await expect(page.getByText("Looking servers up is off.")).toBeVisible();
  const questions = desk.nameServer?.questions.length;
  await typeAddress(page, FILED);
  await expect(page.getByText(/finding\.mailbed is not one of the well-known/)).toBeVisible();
  expect(desk.nameServer?.questions.length).toBe(questions);
  await setLookUps({ id: admin.id, role: "ADMIN" }, true);
});

test("nobody but an admin has servers looked up, and only from our own pages", async ({
  openPage,
  desk,
  watch,
}) => {
  watch.allow(/404/);
  const ask = (page: Page) =>
    page.evaluate(async (email) => {
      const response = await fetch("/api/servers", {
        ...{ method: "POST", body: JSON.stringify({ email }) },
        headers: { "content-type": "application/json" },
      });
      return response.status;
    }, FILED);
  const before = web.requests.length;
  const agents = await openPage(agent);
  await agents.goto("/tickets");
  expect(await ask(agents)).toBe(404);
  const admins = await openPage(admin);
  await admins.goto("/admin/email-accounts");
  const cookies = (await admins.context().cookies()).map(({ name, value }) => `${name}=${value}`);
  const foreign = await fetch(`${desk.url}/api/servers`, {
    ...{ method: "POST", body: JSON.stringify({ email: FILED }) },
    headers: { origin: "https://evil.example", cookie: cookies.join("; ") },
  });
  expect(foreign.status).toBe(404);
  const nobody = await fetch(`${desk.url}/api/servers`, {
    ...{ method: "POST", body: JSON.stringify({ email: FILED }) },
    headers: { origin: desk.url },
  });
  expect(nobody.status).toBe(401);
  expect(web.requests.length).toBe(before);
  expect(await ask(admins)).toBe(200);
  expect(web.requests.length).toBeGreaterThan(before);
});
