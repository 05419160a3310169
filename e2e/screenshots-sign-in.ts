import { db } from "@/lib/db/client";
import { hideFirstSteps } from "@/lib/first-steps";
import { saveClient } from "@/lib/oauth/clients";
import { createAccount } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";
import { LOOKS, PICTURE_ENV, take } from "./harness/pictures";

// What an admin sees of signing in at Microsoft and Google: the settings, the form before and after,
// and an account whose sign-in has ended.

const SUPPORT = "support@contoso.mailbed";

let admin: Person;
let grantId: string;

withDesk(
  {
    name: "screenshots-sign-in",
    env: { ...PICTURE_ENV, APP_URL: "http://localhost:3000" },
    zone: { "contoso.mailbed": { mx: [[0, "contoso-mailbed.mail.protection.outlook.com"]] } },
  },
  async () => {
    admin = await addPerson("ADMIN", "Ada Lindgren", "ada@practice.test");
    const actor = { id: admin.id, role: "ADMIN" as const };
    await hideFirstSteps(actor);
    await saveClient(actor, "MICROSOFT", {
      clientId: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
      clientSecret: "only-for-the-picture",
      tenant: "contoso.onmicrosoft.com",
    });
    // A desk whose worker runs, without mail servers that a worker could reach.
    const heartbeatAt = new Date(Date.now() + 600_000);
    const worker = { id: "pictures", hostname: "pictures", pid: 1, version: "1", heartbeatAt };
    await db().prisma.worker.create({ data: worker, select: { id: true } });
    grantId = await grantOf("ada@contoso.mailbed", {
      ...{ email: SUPPORT, name: "Contoso support", provider: "SMTP", startMode: "now" },
      ...{ pollingEnabled: "on", isActive: "on", quotesHistory: "on" },
    });
  },
);

/** An account whose sign-in has ended. */
async function addLostAccount(): Promise<void> {
  const lost = await grantOf("billing@contoso.mailbed", {});
  await createAccount({
    ...{ email: "billing@contoso.mailbed", provider: "MICROSOFT", grantId: lost },
    ...{ smtpHost: "smtp.office365.com", imapHost: "outlook.office365.com" },
    ...{ isActive: true, isDefault: true, pollingEnabled: true, pollingSince: new Date() },
    ...{ lastPolledAt: new Date(Date.now() - 25 * 60_000), consecutiveFailures: 1 },
    ...{ failingSince: new Date(Date.now() - 24 * 60_000), lastErrorKind: "auth" },
    signInLost: "Microsoft ended this sign-in: a password was changed, or an admin ended it.",
  });
}

/** A sign-in at Microsoft as it is stored. */
async function grantOf(username: string, form: Record<string, string>): Promise<string> {
  const { id } = await db().prisma.oAuthGrant.create({
    data: {
      ...{ provider: "MICROSOFT", kind: "person", tenant: "contoso.onmicrosoft.com" },
      ...{ clientId: "7c9e6679-7425-40de-944b-e07fc1f90ae7", username, subject: username },
      ...{ accessTokenSealed: "sealed", expiresAt: new Date(), createdById: admin.id, form },
    },
    select: { id: true },
  });
  return id;
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`sign-in, ${look}`, async ({ openPage }) => {
    const page = await openPage(admin, options);
    await page.goto("/admin/settings");
    await take(page, "settings", look);

    await page.goto("/admin/email-accounts/new");
    await page.getByLabel("Email Address", { exact: true }).fill(SUPPORT);
    await page.getByLabel("Sender Name", { exact: true }).fill("Contoso support");
    await expect(page.getByText("Microsoft 365 takes no passwords.")).toBeVisible();
    await take(page, "account-sign-in", look);

    await page.goto(`/admin/email-accounts/new?grant=${grantId}`);
    await expect(page.getByText(/Signed in as ada@contoso.mailbed, but/)).toBeVisible();
    await take(page, "account-signed-in", look);

    await addLostAccount();
    await page.goto("/admin/email-accounts");
    await take(page, "account-reconnect", look);
    await db().prisma.emailAccount.deleteMany();
  });
}
