import type { Locator, Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { createAccount, createContact, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "language" }, async () => {
  agent = await addPerson("AGENT", "Nora Brandt", "nora@language.example");
  await createAccount({ email: "desk@language.example", isDefault: true });
  const requester = await createContact({ name: "Marta Oliveira", email: "marta@language.test" });
  for (const [index, subject] of ["First chair", "Second lamp", "Third saw"].entries()) {
    const lastMessageAt = new Date(Date.now() - (index + 2) * 3_600_000);
    await createTicket({ subject, lastMessageAt, requesterId: requester.id });
  }
});

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("link") });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const html = (page: Page) => page.locator("html");

/** Chooses a language as people do: on the profile page. */
async function speak(page: Page, name: "English" | "Deutsch"): Promise<void> {
  await page.goto("/profile");
  await page.getByRole("button", { name, exact: true }).click();
  await expect(page.getByRole("button", { name, exact: true })).toHaveAttribute(
    ...(["aria-pressed", "true"] as const),
  );
}

/** The page in German, made by the server. */
async function openInGerman(page: Page, address: string): Promise<void> {
  await speak(page, "Deutsch");
  await page.goto(address);
}

test("somebody chooses German on the profile page, works in it, and goes back", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await page.goto("/profile");
  await expect(html(page)).toHaveAttribute("lang", "en");
  await expect(heading(page, "Your profile")).toBeVisible();

  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(heading(page, "Ihr Profil")).toBeVisible();
  await expect(html(page)).toHaveAttribute("lang", "de");
  await expect(
    page.getByText("angemeldet gerade eben").or(page.getByText(/angemeldet vor \d/)),
  ).toBeVisible();
  const kept = (await page.context().cookies()).find(({ name }) => name === "language");
  expect(kept).toMatchObject({ value: "de", httpOnly: true, sameSite: "Lax" });

  await page.getByRole("navigation", { name: "Hauptmenü" }).getByText("Alle offenen").click();
  await expect(heading(page, "Alle offenen")).toBeVisible();
  await expect(page).toHaveTitle(/Alle offenen · Mailroom/);
  await expect(page.getByRole("columnheader", { name: "Betreff" })).toBeVisible();
  await expect(rows(page).first()).toContainText("OFFEN");
  await expect(rows(page).first()).toContainText("Wartet auf uns");
  const time = rows(page).first().locator("time").last();
  await expect(time).toHaveAttribute("title", /^\d+\. \p{L}+\.? 20\d\d, \d\d:\d\d:\d\d/u);

  await page.goto("/profile");
  await page.getByRole("button", { name: "English" }).click();
  await expect(heading(page, "Your profile")).toBeVisible();
  await expect(html(page)).toHaveAttribute("lang", "en");
  await page.goto("/tickets");
  await expect(heading(page, "All open")).toBeVisible();
  await expect(rows(page).first()).toContainText("OPEN");
});

test("filters and what was not understood are told in German", async ({ openPage }) => {
  const page = await openPage(agent);
  await openInGerman(page, "/tickets");
  await page.getByText("Filtern", { exact: true }).click();
  await page.getByLabel("Zuständig").selectOption({ label: "Niemand" });
  await page.getByLabel("Erstellt", { exact: true }).selectOption({ label: "Letzte 7 Tage" });
  await page.getByRole("button", { name: "Filter anwenden" }).click();
  await expect(page.getByText("Zuständig: Niemand", { exact: true })).toBeVisible();
  await expect(page.getByText("Erstellt: Letzte 7 Tage", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Filter „Zuständig“ entfernen" }).click();
  await expect(page.getByText("Zuständig: Niemand", { exact: true })).toBeHidden();

  await page.goto("/tickets?created=2026-11-05..&q=is:lost%20saw&status=LOST");
  await expect(page.getByText("Erstellt: seit 05.11.2026", { exact: true })).toBeVisible();
  await expect(page.getByText("Status: „LOST“ ist nicht bekannt")).toBeVisible();
  await expect(
    page.getByText("„is:lost“ ist nicht bekannt und wurde als Text gesucht."),
  ).toBeVisible();
  await page.goto("/tickets?q=nothing-like-it");
  await expect(
    page.getByText("Kein Ticket in „Alle offenen“ passt zu diesem Filter."),
  ).toBeVisible();
});

test("many tickets are changed in German, and the change is undone", async ({ openPage }) => {
  const page = await openPage(agent);
  await openInGerman(page, "/tickets");
  for (const n of [0, 1]) await rows(page).nth(n).getByRole("checkbox").check();
  const bar = page.getByRole("form", { name: "Ausgewählte Tickets ändern" });
  await expect(bar).toContainText("2 ausgewählt");
  await bar.getByRole("button", { name: "Priorität" }).click();
  await page
    .getByRole("dialog", { name: "Priorität" })
    .getByRole("button", { name: "Hoch" })
    .click();
  await expect(page.getByText("2 Tickets auf Priorität „Hoch“ gesetzt.")).toBeVisible();
  await page.getByRole("button", { name: "Rückgängig" }).click();
  await expect(page.getByText("Rückgängig gemacht: 2 Tickets.")).toBeVisible();
  expect(await db().prisma.ticket.count({ where: { priority: "HIGH" } })).toBe(0);
});

test("the palette, the sheet of keys and the tooltips speak German", async ({ openPage }) => {
  const page = await openPage(agent);
  await openInGerman(page, "/tickets");
  await expect(page.getByRole("link", { name: "Neues Ticket" })).toHaveAttribute(
    ...(["title", "Neues Ticket (C)"] as const),
  );
  const sheet = page.getByRole("dialog", { name: "Tastenkürzel" });
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(sheet).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(sheet).toContainText("Gehe zu");
  await expect(sheet).toContainText("Einzelne Tasten lassen sich in Ihrem Profil ausschalten.");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Suche und Befehle" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("warten");
  const first = palette.getByRole("option").first();
  await expect(first).toContainText("Warten auf Kunden");
  await page.keyboard.press("Enter");
  await expect(heading(page, "Warten auf Kunden")).toBeVisible();
  await expect(page.getByText("Kein Ticket wartet auf einen Kunden.")).toBeVisible();
});

test("a page that is in English only says so, and its menu stays German", async ({ openPage }) => {
  const page = await openPage(agent);
  await openInGerman(page, "/contacts");
  const main = page.getByRole("main");
  await expect(html(page)).toHaveAttribute("lang", "de");
  await expect(main).toHaveAttribute("lang", "en");
  await expect(heading(page, "Contacts")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Hauptmenü" })).toBeVisible();
  // Its parts that other pages share are in its language as well.
  await main.getByRole("link", { name: /Marta Oliveira/ }).click();
  await expect(page.getByRole("columnheader", { name: "Subject" })).toBeVisible();
  await expect(rows(page).first()).toContainText("OPEN");
  await page.getByRole("navigation", { name: "Hauptmenü" }).getByText("Alle offenen").click();
  await expect(heading(page, "Alle offenen")).toBeVisible();
  await expect(main).not.toHaveAttribute("lang");
});

test("without JavaScript the choice, the list and a bulk change work in German", async ({
  openPage,
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(agent, { javaScriptEnabled: false });
  await openInGerman(page, "/tickets?q=saw");
  await expect(html(page)).toHaveAttribute("lang", "de");
  await expect(heading(page, "Alle offenen")).toBeVisible();
  await rows(page).first().getByRole("checkbox").check();
  const bar = page.getByRole("form", { name: "Ausgewählte Tickets ändern" });
  await bar.getByRole("button", { name: "Zuweisen" }).click();
  await page.getByRole("button", { name: "Mir", exact: true }).click();
  await expect(page.getByText("1 Ticket zugewiesen.")).toBeVisible();
  await speak(page, "English");
  await expect(html(page)).toHaveAttribute("lang", "en");
});

test("a saved view is named, told and deleted in German", async ({ openPage }) => {
  const page = await openPage(agent);
  await openInGerman(page, "/tickets?sort=wait&priority=URGENT");
  await page.getByRole("link", { name: "Ansicht speichern" }).click();
  await expect(
    page.getByText("Alle offenen · Priorität: Dringend · Längste Wartezeit zuerst"),
  ).toBeVisible();
  await page.getByLabel("Name").fill("Eiliges");
  await page.getByRole("button", { name: "Ansicht speichern" }).click();
  await expect(page.getByText("Die Ansicht ist gespeichert und steht im Menü.")).toBeVisible();
  await page.getByRole("link", { name: "Gespeicherte Ansichten bearbeiten" }).click();
  await expect(heading(page, "Gespeicherte Ansichten")).toBeVisible();
  await page.getByRole("button", { name: "Löschen" }).click();
  const dialog = page.getByRole("dialog", { name: "Die Ansicht „Eiliges“ löschen?" });
  await expect(dialog.getByRole("button", { name: "Abbrechen" })).toBeVisible();
  await dialog.getByRole("button", { name: "Ansicht löschen" }).click();
  await expect(page.getByText("„Eiliges“ ist gelöscht.")).toBeVisible();
});

test("who is not signed in yet reads German where the browser asked for it", async ({
  openPage,
  desk,
}) => {
  const page = await openPage(null);
  await page.context().addCookies([{ name: "language", value: "de", url: desk.url }]);
  await page.goto("/login");
  await expect(heading(page, "Anmelden")).toBeVisible();
  await page.getByRole("link", { name: "Passwort vergessen?" }).click();
  await expect(page.getByRole("main")).toHaveAttribute("lang", "en");
  await page.context().addCookies([{ name: "language", value: "xx", url: desk.url }]);
  await page.goto("/login");
  await expect(heading(page, "Sign in")).toBeVisible();
});

/** Commands of the bar whose word leaves the screen or comes within 2 px of the next one's. */
function tightIn(bar: Locator): Promise<string[]> {
  return bar.evaluate((form) => {
    const commands = [...form.querySelectorAll("button[data-command]:not([data-command=clear])")];
    const texts = commands.map((button) => {
      const range = document.createRange();
      range.selectNodeContents(button);
      const { left, right, top } = range.getBoundingClientRect();
      return { word: button.textContent, left, right, top };
    });
    return texts
      .filter(({ left, right, top }, index) => {
        const next = texts[index + 1];
        const isClose = next && Math.abs(next.top - top) < 8 && next.left - right < 2;
        return left < 0 || right > window.innerWidth || isClose;
      })
      .map(({ word }) => String(word));
  });
}

for (const width of [360, 1280])
  test(`the list in German fits ${width} px, with nothing wrong for axe`, async ({ openPage }) => {
    const page = await openPage(agent, { viewport: { width, height: 800 } });
    await openInGerman(page, "/tickets");
    await rows(page).first().getByRole("checkbox").check();
    const bar = page.getByRole("form", { name: "Ausgewählte Tickets ändern" });
    await expect(bar).toBeVisible();
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(widest).toBeLessThanOrEqual(width);
    expect(await tightIn(bar)).toEqual([]);
    const [clear, count] = await Promise.all([
      bar.getByRole("button", { name: "Auswahl aufheben" }).boundingBox(),
      bar.getByText("1 ausgewählt").boundingBox(),
    ]);
    expect(Math.abs((clear?.y ?? 0) - (count?.y ?? 999)), "both in one line").toBeLessThan(30);
    expect(await violationsOn(page, "light")).toEqual([]);
  });
