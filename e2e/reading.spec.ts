import type { Page } from "@playwright/test";
import { createAccount, createMessage, createTicket } from "@/lib/testing/factories";
import { receiveOnTicket } from "@/lib/testing/pipeline";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "reading" }, async () => {
  agent = await addPerson("AGENT", "Rita Reader", "rita@reading.example");
  await createAccount({ email: "desk@reading.example", isDefault: true });
});

/** Four pixels. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGMQD8gDIgYIBQAV/gNVzt1W8gAAAABJRU5ErkJggg==";

type Part = { type: string; body: string; headers?: string[] };

let count = 0;

/** A mail of these parts, as it would be on the wire. */
function mailOf(parts: Part[]): string {
  count += 1;
  const head = [
    ...["From: Carl Customer <carl@shop-reading.test>", "To: support@example.test"],
    ...[`Subject: Mail ${count}`, `Message-ID: <reading.${count}@shop-reading.test>`],
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    ...["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=part"],
  ];
  const body = parts.flatMap((part) => [
    ...["--part", `Content-Type: ${part.type}`, ...(part.headers ?? []), "", part.body],
  ]);
  return [...head, "", ...body, "--part--", ""].join("\n").replaceAll("\n", "\r\n");
}

const html = (body: string): Part => ({ type: "text/html; charset=utf-8", body });
const file = (name: string, type: string, body: string, headers: string[] = []): Part => ({
  ...{ type, body },
  headers: [`Content-Disposition: attachment; filename="${name}"`, ...headers],
});

/** Sends a mail through the pipeline and opens its ticket. @returns the mail on the page. */
async function open(page: Page, parts: Part[]) {
  const { ticket } = await receiveOnTicket(mailOf(parts));
  await page.goto(`/tickets/${ticket.number}`);
  return page.getByRole("article", { name: "Mail from Carl Customer" });
}

async function longTicket(): Promise<number> {
  const ticket = await createTicket({ subject: "A long story" });
  for (let n = 1; n <= 6; n++)
    await createMessage({ ticketId: ticket.id, text: `Chapter ${n} of it.`, html: null });
  return ticket.number;
}

const chapter = (page: Page, n: number) =>
  page.getByRole("article").filter({ hasText: `Chapter ${n} of it.` });

test("the newest stand open, older ones in a line each, and all unfold where they are", async ({
  openPage,
}) => {
  const number = await longTicket();
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  for (const n of [1, 2, 3]) await expect(chapter(page, n)).toBeHidden();
  for (const n of [4, 5, 6]) await expect(chapter(page, n)).toBeVisible();
  await page.getByRole("textbox", { name: "Reply" }).fill("Once upon a time");
  await page.getByRole("link", { name: "Expand all" }).click();
  for (const n of [1, 2, 3]) await expect(chapter(page, n)).toBeVisible();
  const fold = page.getByRole("link", { name: "Fold older messages" });
  await expect(fold).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Reply" })).toHaveValue("Once upon a time");
  await fold.click();
  for (const n of [1, 2, 3]) await expect(chapter(page, n)).toBeHidden();
  await expect(chapter(page, 4)).toBeVisible();
});

test("without JavaScript all messages unfold by the address", async ({ openPage, watch }) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const number = await longTicket();
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(`/tickets/${number}`);
  await expect(chapter(page, 1)).toBeHidden();
  await page.getByRole("link", { name: "Expand all" }).click();
  await expect(chapter(page, 1)).toBeVisible();
  await page.getByRole("link", { name: "Fold older messages" }).click();
  await expect(chapter(page, 1)).toBeHidden();
});

test("what a mail in HTML quotes is folded inside its frame, and unfolds there", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  const quote =
    '<div class="gmail_quote"><div>On Mon, 2 Nov 2026 at 10:00, Desk &lt;support@example.test&gt; wrote:</div><blockquote>Which colour?</blockquote></div>';
  const mail = await open(page, [html(`<p>The blue one, please.</p>${quote}`)]);
  const frame = mail.frameLocator('iframe[title="Mail from Carl Customer"]');
  await expect(frame.getByText("The blue one, please.")).toBeVisible();
  await expect(frame.getByText("Which colour?")).toBeHidden();
  // It begins higher than it needs to be.
  await expect(mail.locator("iframe")).not.toHaveAttribute("height", "240");
  const before = (await mail.locator("iframe").boundingBox())?.height ?? 0;
  await frame.getByText("quoted text").click();
  await expect(frame.getByText("Which colour?")).toBeVisible();
  await expect
    .poll(async () => (await mail.locator("iframe").boundingBox())?.height)
    .toBeGreaterThan(before);
  const sandbox = await mail.locator("iframe").getAttribute("sandbox");
  expect(sandbox).not.toContain("allow-scripts");
});

test("images are seen in small, only when they are some; other files by kind and size", async ({
  openPage,
  watch,
}) => {
  // The image that is none.
  watch.allow(/^console error: Failed to load resource: .* 404/);
  const page = await openPage(agent);
  const base64 = ["Content-Transfer-Encoding: base64"];
  const mail = await open(page, [
    { type: "text/plain; charset=utf-8", body: "Look." },
    file("photo.png", "image/png", PNG, base64),
    file("fake.png", "image/png", "<svg onload=alert(1)>", []),
    file("drawing.svg", "image/svg+xml", "<svg/>"),
    file("invoice.pdf", "application/pdf", "%PDF-1.4"),
  ]);
  const preview = mail.getByRole("link", { name: "Open photo.png in a new tab" });
  await expect
    .poll(() =>
      preview.locator("img").evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth),
    )
    .toBe(2);
  await expect(mail.getByRole("link", { name: "Open fake.png in a new tab" })).toHaveCount(0);
  await expect(mail.getByRole("link", { name: /in a new tab$/ })).toHaveCount(1);
  await expect(mail.getByRole("link", { name: /^invoice\.pdf ?PDF, \d+ B$/ })).toBeVisible();
  await expect(mail.getByRole("link", { name: /^photo\.png ?PNG, 73 B$/ })).toBeVisible();

  const answer = await page.request.get((await preview.getAttribute("href")) ?? "");
  expect(answer.headers()).toMatchObject({
    "content-type": "image/png",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
  });
  for (const look of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: look });
    expect.soft(await violationsOn(page, look)).toEqual([]);
    await page.screenshot({ path: `test-results/reading/files-${look}.png` });
  }
});

test("in the dark a mail lies on a light card of its own, and can be read", async ({
  openPage,
}) => {
  const page = await openPage(agent, { colorScheme: "dark" });
  const mail = await open(page, [
    html('<p>No colour of its own.</p><p style="color:#222">Dark by itself.</p>'),
  ]);
  const frame = mail.frameLocator('iframe[title="Mail from Carl Customer"]');
  await expect(frame.getByText("No colour of its own.")).toBeVisible();
  const look = await frame.locator("html").evaluate((root) => {
    const body = root.ownerDocument.querySelector("p");
    const style = getComputedStyle(root);
    return [style.backgroundColor, style.colorScheme, body && getComputedStyle(body).color];
  });
  expect(look).toEqual(["rgb(255, 255, 255)", "light", "rgb(27, 33, 38)"]);
  await expect(mail.locator("div:has(> iframe)")).toHaveCSS(
    "background-color",
    "rgb(255, 255, 255)",
  );
  await page.screenshot({ path: "test-results/reading/card-dark.png" });

  // Its own page is dark: without that, its text would be light on light.
  await open(page, [html('<body bgcolor="#101820" text="#f0f0f0"><p>Written for the night.</p>')]);
  await expect(frame.getByText("Written for the night.")).toBeVisible();
  await expect(frame.locator("#mail")).toHaveCSS("background-color", "rgb(16, 24, 32)");
  await expect(frame.locator("#mail")).toHaveCSS("color", "rgb(240, 240, 240)");
});

test("a ticket that does not exist says so", async ({ openPage, watch }) => {
  watch.allow(/^console error: Failed to load resource: .* 404/);
  const page = await openPage(agent);
  for (const number of ["999999", "0", "1e3", "99999999999"]) {
    await page.goto(`/tickets/${number}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: /tickets|start|home/i }).first()).toBeVisible();
  }
});
