import { mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "live-desk@example.test";
const ADA = "live-ada@example.test";
const CUSTOMER = "live-carla@customer.test";

let ada: Person;
let ben: Person;

withDesk({ name: "live", worker: true }, async (_desk, { bed }) => {
  ada = await addPerson("AGENT", "Ada Lovelace", ADA);
  ben = await addPerson("AGENT", "Ben Okoye", "live-ben@desk.example");
  for (const user of [INBOX, ADA]) await bed.addUser(user);
  for (let n = 0; n < 12; n++) await createTicket();
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

type Bed = { deliver: (from: string, to: string, raw: string) => Promise<void> };

const write = (bed: Bed, subject: string) =>
  bed.deliver(
    CUSTOMER,
    INBOX,
    rawMail({ from: `Carla <${CUSTOMER}>`, to: INBOX, subject, text: `About: ${subject}` }),
  );

const ticketOf = (subject: string) => db().prisma.ticket.findFirst({ where: { subject } });

/** Opens a list and waits until it hears of changes. */
async function watchList(page: Page, address: string): Promise<void> {
  const stream = page.waitForResponse(/\/api\/events/);
  await page.goto(address);
  await stream;
}

/** Where each row stands, and what it says. */
const rowsOf = (page: Page) =>
  page.getByRole("row").evaluateAll((rows) =>
    rows.map((row) => {
      const { x, y, width, height } = row.getBoundingClientRect();
      return [row.querySelector("a")?.href, x, y, width, height];
    }),
  );

/** A picture of the page to look at, where LIVE_PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.LIVE_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}

test("mail that arrives is told on a button, in every list, and no row moves", async ({
  openPage,
  servers: { bed },
}) => {
  const newest = await openPage(ada);
  const byWait = await openPage(ben, {
    viewport: { width: 360, height: 740 },
    colorScheme: "dark",
  });
  await watchList(newest, "/tickets");
  await watchList(byWait, "/tickets?source=EMAIL&sort=wait");
  await newest.getByRole("row").nth(3).hover();
  await expect(newest).toHaveTitle("(12) All open · Mailroom");
  const before = { newest: await rowsOf(newest), byWait: await rowsOf(byWait) };

  const seconds: number[] = [];
  for (let n = 1; n <= 6; n++) {
    const start = performance.now();
    await write(bed, `Lamp ${n}`);
    // Somebody is there: a list that nobody has touched for a minute brings itself up to date.
    for (const page of [newest, byWait]) await page.keyboard.press("Shift");
    const words = n === 1 ? "1 new ticket" : `${n} new tickets`;
    await expect(newest.getByRole("button", { name: words })).toBeVisible();
    seconds.push((performance.now() - start) / 1000);
    await expect(byWait.getByRole("button", { name: words })).toBeVisible();
    await expect(newest).toHaveTitle(`(${12 + n}) All open · Mailroom`);
  }
  console.log(`delivered → pill: ${seconds.map((each) => each.toFixed(2)).join(" ")} s`);
  expect(await rowsOf(newest)).toEqual(before.newest);
  expect(await rowsOf(byWait)).toEqual(before.byWait);
  await picture(newest, "pill-light");
  await picture(byWait, "pill-phone-dark");

  await newest.getByRole("button", { name: "6 new tickets" }).click();
  await expect(newest.getByRole("link", { name: "Lamp 6" })).toBeVisible();
  await expect(newest.getByRole("button", { name: "6 new tickets" })).toBeHidden();
});

test("titles count on while their tabs are hidden, over one connection", async ({
  openPage,
  servers: { bed },
}) => {
  const first = await openPage(ben);
  const second = await first.context().newPage();
  await watchList(first, "/tickets?view=unassigned");
  await watchList(second, "/tickets?view=all-open");
  const unread = Number(/\d+/.exec(await first.title())?.[0]);
  const stream = first.context().waitForEvent("response", (response) => {
    return response.url().includes("/api/events");
  });
  for (const page of [first, second])
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
  const holders = () =>
    first.evaluate(async () => {
      const { held, pending } = await navigator.locks.query();
      return [held?.length, pending?.length];
    });
  await expect.poll(holders).toEqual([1, 1]);
  await stream;
  await write(bed, "A lamp for a hidden tab");
  const timeout = 30_000;
  await expect(first).toHaveTitle(`(${unread + 1}) Unassigned · Mailroom`, { timeout });
  await expect(second).toHaveTitle(`(${unread + 1}) All open · Mailroom`, { timeout });
});

test("an agent gets mail of a ticket given to them, and none once they want none", async ({
  openPage,
  servers: { bed },
}) => {
  await write(bed, "A chair");
  await expect.poll(() => ticketOf("A chair")).toBeTruthy();
  const number = (await ticketOf("A chair"))?.number ?? 0;
  const page = await openPage(ben);
  await page.goto(`/tickets/${number}`);
  await page.getByLabel("Assignee").selectOption("Ada Lovelace");
  const [mail] = await bed.waitForMail(ADA, 1, 60_000);
  expect(headerOf(mail?.raw ?? "", "Subject")).toBe(`#${number} is yours: A chair`);
  expect(headerOf(mail?.raw ?? "", "Auto-Submitted")).toBe("auto-generated");
  expect(textOf(mail?.raw ?? "")).toContain("Ben Okoye gave you ticket");
  expect(textOf(mail?.raw ?? "")).toContain(`/tickets/${number}`);

  const profile = await openPage(ada);
  await profile.goto("/profile");
  await picture(profile, "profile-light");
  await profile.getByLabel("Tickets given to me").uncheck();
  await profile.getByRole("button", { name: "Change mail" }).click();
  await expect(profile.getByText("Changed.")).toBeVisible();
  await profile.reload();
  await expect(profile.getByLabel("Tickets given to me")).not.toBeChecked();
  await expect(profile.getByLabel("Replies on my tickets")).toBeChecked();
  const stored = { notifyAssigned: false, notifyReplies: true };
  expect(await db().prisma.user.findUnique({ where: { id: ada.id } })).toMatchObject(stored);
});

type Shown = { asked: number; titles: string[]; last?: Notification };

test("desktop notifications are asked for by a click only, and open the ticket", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(ben, {
    ...{ permissions: ["notifications"], colorScheme: "dark" },
    viewport: { width: 360, height: 740 },
  });
  // Nobody sees the browser's own windows here, so it notes what it shows.
  await page.addInitScript(() => {
    const shown: Shown = { asked: 0, titles: [] };
    Object.assign(window, { shown });
    const Real = window.Notification;
    window.Notification = class extends Real {
      static override requestPermission() {
        shown.asked++;
        return Promise.resolve<NotificationPermission>("granted");
      }
      static override get permission(): NotificationPermission {
        return "granted";
      }
      constructor(title: string, more?: NotificationOptions) {
        super(title, more);
        shown.titles.push(title);
        shown.last = this;
      }
    };
    document.hasFocus = () => false;
  });
  const shown = () => page.evaluate(() => (window as unknown as { shown: Shown }).shown);
  await page.goto("/profile");
  await expect(page.getByText("Off in this browser.")).toBeVisible();
  expect((await shown()).asked).toBe(0);
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On in this browser.")).toBeVisible();
  expect((await shown()).asked).toBe(1);
  await picture(page, "profile-phone-dark");

  await page.waitForFunction(() => sessionStorage.getItem("mailroom-told-until") !== null);
  // Between two pages nobody listens: what comes then is told by the next one.
  await page.goto("about:blank");
  await write(bed, "A table");
  await expect.poll(() => ticketOf("A table")).not.toBeNull();
  await page.goto("/tickets?view=my-open");
  await expect.poll(async () => (await shown()).titles).toHaveLength(1);
  const number = (await ticketOf("A table"))?.number;
  expect((await shown()).titles).toEqual([`New ticket #${number}`]);
  await page.evaluate(() =>
    (window as unknown as { shown: Shown }).shown.last?.dispatchEvent(new Event("click")),
  );
  await page.waitForURL(`/tickets/${number}`);
});
