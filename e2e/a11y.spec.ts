import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { type FilledDesk, fillDesk } from "./harness/fill-desk";
import type { Person } from "./harness/people";

let filled: FilledDesk;

withDesk({ name: "a11y", worker: true, practice: true }, async () => {
  filled = await fillDesk();
});

/** Every main page, by who looks at it; of those made alike, one. */
async function pagesOf(): Promise<[who: Person | null, paths: string[]][]> {
  const { admin, agent, customer, ticket, htmlTicket, ownTicket } = filled;
  const account = await db().prisma.emailAccount.findFirstOrThrow({ select: { id: true } });
  const receipt = await db().prisma.inboundEmail.findFirstOrThrow({
    where: { message: { ticket: { number: ticket } } },
    select: { id: true },
  });
  const mail = await db().prisma.message.findFirstOrThrow({
    where: { kind: "INBOUND", ticket: { number: htmlTicket } },
    select: { id: true },
  });
  const contact = await db().prisma.contact.findFirstOrThrow({
    where: { tickets: { some: { number: ticket } } },
    select: { id: true },
  });
  const hannah = await db().prisma.contact.findUniqueOrThrow({
    where: { userId: customer.id },
    select: { id: true },
  });
  // Somebody else than the address has signed in at Microsoft, so that the form asks whose mailbox it is.
  const grant = await db().prisma.oAuthGrant.create({
    data: {
      ...{ provider: "MICROSOFT", kind: "person", tenant: "common", clientId: "app" },
      ...{ username: "ada@example.test", subject: "", accessTokenSealed: "sealed" },
      ...{ createdById: admin.id, form: { email: "support@example.test" } },
      ...{ renewedAt: new Date(), expiresAt: new Date() },
    },
    select: { id: true },
  });
  return [
    [null, ["/login", "/forgot", "/register", "/access/nonsense"]],
    [
      agent,
      [
        "/tickets",
        "/tickets?q=nothing-like-it",
        "/tickets?source=EMAIL&tag=gone&sort=wait",
        "/tickets/views",
        "/tickets/views/new?source=EMAIL&sort=wait",
        "/tickets/new",
        `/tickets/${ticket}`,
        `/tickets/${htmlTicket}`,
        `/tickets/${htmlTicket}?forward=${mail.id}`,
        `/tickets/${htmlTicket}?reply=${mail.id}`,
        `/tickets/${ticket}/original/${receipt.id}`,
        "/canned-replies",
        "/canned-replies/new",
        "/contacts",
        `/contacts/${contact.id}`,
        `/contacts/${contact.id}/merge?q=hannah`,
        `/contacts/${contact.id}/merge?into=${hannah.id}`,
        "/reports",
        "/reports?days=7&agent=none",
        "/practice",
        "/help",
        "/help/email-polling",
        "/profile",
        "/help/email-troubleshooting",
        "/help/sign-in-apps",
      ],
    ],
    [
      admin,
      [
        "/tickets",
        "/admin/email-accounts",
        "/admin/email-accounts/new",
        `/admin/email-accounts/new?like=${account.id}`,
        "/admin/email-accounts/import",
        `/admin/email-accounts/new?grant=${grant.id}`,
        "/admin/settings",
        `/admin/email-accounts/${account.id}/edit`,
        `/admin/email-accounts/${account.id}/time`,
        "/admin/monitoring",
        `/admin/monitoring/${account.id}`,
        "/admin/alerts",
        "/admin/blocked",
        "/admin/mail",
        "/admin/people",
        "/admin/people/new",
        `/admin/people/${agent.id}`,
      ],
    ],
    [customer, ["/my", `/my/${ownTicket}`, "/my/new", "/profile"]],
  ];
}

test("no page has a barrier that axe finds, in light or dark", async ({ openPage }) => {
  test.setTimeout(600_000);
  for (const [who, paths] of await pagesOf()) {
    const page = await openPage(who);
    for (const path of paths) {
      await page.emulateMedia({ colorScheme: "light" });
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect.soft(await violationsOn(page, "light"), `${path} in light`).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect.soft(await violationsOn(page, "dark"), `${path} in dark`).toEqual([]);
      for (const frame of await page.locator("iframe").all())
        await expect(frame).toHaveAttribute("title", /^Mail from \S/);
    }
  }
});

test("nothing is wider than a phone", async ({ openPage }) => {
  test.setTimeout(400_000);
  for (const [who, paths] of await pagesOf()) {
    const page = await openPage(who, { viewport: { width: 360, height: 780 }, hasTouch: true });
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(width, `the width of ${path}`).toBeLessThanOrEqual(360);
    }
  }
});

test("a keyboard reaches the content, opens and leaves the dialog, and goes back to its button", async ({
  openPage,
}) => {
  const page = await openPage(filled.admin);
  await page.goto("/admin/email-accounts");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  const trigger = page.getByRole("button", { name: "Disable Polling" });
  await trigger.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(trigger).toBeFocused();
});
