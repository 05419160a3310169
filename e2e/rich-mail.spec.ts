import type { Locator, Page } from "@playwright/test";
import { receiveOnTicket } from "@/lib/testing/pipeline";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "rich-mail" }, async () => {
  agent = await addPerson("AGENT", "Rita Rich", "rita@rich.example");
});

/** Four pixels. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGMQD8gDIgYIBQAV/gNVzt1W8gAAAABJRU5ErkJggg==";

type Part = { type: string; body: string; headers?: string[] };

let count = 0;

/** A mail of these parts, as it would be on the wire; a single part is the mail itself. */
function mailOf(subject: string, parts: Part[], { kind = "mixed", headers = [] as string[] } = {}) {
  count += 1;
  const head = [
    ...headers,
    `From: Carl Customer <carl@shop-rich.test>`,
    "To: support@example.test",
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <rich.${count}@shop-rich.test>`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/${kind}; boundary=part`,
  ];
  const body = parts.flatMap((part) => [
    ...["--part", `Content-Type: ${part.type}`, ...(part.headers ?? []), "", part.body],
  ]);
  return [...head, "", ...body, "--part--", ""].join("\n").replaceAll("\n", "\r\n");
}

const text: Part = { type: "text/plain; charset=utf-8", body: "Hello, please have a look." };
const html = (body: string): Part => ({ type: "text/html; charset=utf-8", body });
const png = (name: string): Part => ({
  type: "image/png",
  body: PNG,
  headers: [
    "Content-Transfer-Encoding: base64",
    `Content-ID: <${name}@shop-rich.test>`,
    `Content-Disposition: inline; filename=${name}.png`,
  ],
});
const file = (name: string, type: string, body = "x"): Part => ({
  ...{ type, body },
  headers: [`Content-Disposition: attachment; filename="${name}"`],
});

/** Sends a mail through the pipeline and opens its ticket. @returns the mail on the page. */
async function open(page: Page, raw: string): Promise<Locator> {
  const { ticket } = await receiveOnTicket(raw);
  await page.goto(`/tickets/${ticket.number}`);
  return page.getByRole("article", { name: "Mail from Carl Customer" });
}

const frameOf = (mail: Locator) => mail.frameLocator('iframe[title="Mail from Carl Customer"]');

test("images of the mail stand in their places, and all other files in the list", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  const body = html('<p>Here it is: <img src="cid:shown@shop-rich.test" alt="Leak"></p>');
  const parts = [body, png("shown"), png("loose")];
  const mail = await open(page, mailOf("A picture", parts, { kind: "related" }));
  const image = frameOf(mail).getByRole("img", { name: "Leak" });
  await expect(image).toBeVisible();
  await expect
    .poll(() => image.evaluate((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0)))
    .toBe(2);
  await expect(mail.getByRole("link", { name: /^loose\.png/ })).toBeVisible();
  await expect(mail.getByRole("link", { name: /^shown\.png/ })).toBeHidden();
  await mail.getByText("1 file inside the text").click();
  await expect(mail.getByRole("link", { name: /^shown\.png/ })).toHaveCount(1);
});

test("remote images wait for a click, and for the next one when the mail is opened again", async ({
  openPage,
  watch,
}) => {
  watch.allow(/request to another host: https:\/\/pictures\.test\//);
  const page = await openPage(agent);
  let asked = 0;
  await page.context().route("https://pictures.test/**", (route) => {
    asked += 1;
    return route.fulfill({ contentType: "image/png", body: Buffer.from(PNG, "base64") });
  });
  const images = ["a", "b"].map((name) => `<img src="https://pictures.test/${name}.png">`);
  const mail = await open(page, mailOf("News", [html(`<p>News</p>${images.join("")}`)]));
  const blocked = frameOf(mail).getByText("2 remote images blocked");
  await expect(blocked).toBeVisible();
  expect(asked).toBe(0);
  await frameOf(mail).getByRole("link", { name: "Load once" }).click();
  await expect.poll(() => asked).toBe(2);
  await expect(blocked).toHaveCount(0);
  await page.reload();
  await expect(blocked).toBeVisible();
  expect(asked).toBe(2);
});

test("a link says where it leads, and in the text where it pretends", async ({ openPage }) => {
  const page = await openPage(agent);
  const links =
    '<p><a href="https://evil.test/login">www.paypal.com</a> or <a href="https://shop-rich.test/a">our shop</a></p>';
  const mail = await open(page, mailOf("Your account", [html(links)]));
  await expect(frameOf(mail).getByText("www.paypal.com (evil.test) or our shop")).toBeVisible();
  const shop = frameOf(mail).getByRole("link", { name: "our shop" });
  await expect(shop).toHaveAttribute("title", "Opens shop-rich.test: https://shop-rich.test/a");
  await frameOf(mail).getByRole("link", { name: "www.paypal.com" }).focus();
  await page.keyboard.press("Tab");
  await expect(shop).toBeFocused();
  const after = () => shop.evaluate((link) => getComputedStyle(link, "::after").content);
  await expect.poll(after).toContain("Opens shop-rich.test");
  const plain: Part = { ...text, body: "Sign in: https://paypal.com@evil.test/login" };
  const written = await open(page, mailOf("In plain text", [plain]));
  await expect(written.getByText("https://paypal.com@evil.test/login (evil.test)")).toBeVisible();
});

const invitation = (method: string, ...lines: string[]): Part => ({
  type: `text/calendar; method=${method}; charset=utf-8`,
  body: [
    ...["BEGIN:VCALENDAR", "VERSION:2.0", `METHOD:${method}`, "BEGIN:VEVENT", "UID:1"],
    ...["DTSTART;TZID=Europe/Berlin:20261203T100000", "DTEND;TZID=Europe/Berlin:20261203T113000"],
    ...["SUMMARY:Look at the leak", "LOCATION:Hauptstraße 1", ...lines],
    ...["ORGANIZER;CN=Carl Customer:mailto:carl@shop-rich.test", "END:VEVENT", "END:VCALENDAR"],
  ].join("\n"),
});

test("an invitation is summarised above the mail, in the reader's own time", async ({
  openPage,
}) => {
  const raw = mailOf("Invitation", [text, invitation("REQUEST", "RRULE:FREQ=WEEKLY")]);
  const page = await openPage(agent, { timezoneId: "America/New_York" });
  const mail = await open(page, raw);
  const card = mail.getByRole("region", { name: "Calendar" });
  await expect(card).toContainText("Invitation");
  await expect(card).toContainText("Look at the leak");
  await expect(card).toContainText(/Thu, Dec 3, 2026, 4:00\s–\s5:30\sAM EST, repeats weekly/);
  await expect(card).toContainText("Hauptstraße 1");
  await expect(card).toContainText("Carl Customer carl@shop-rich.test");
  await expect(mail.getByRole("link", { name: /\.ics/ })).toBeVisible();
  await expect(mail.getByText("Hello, please have a look.")).toBeVisible();
});

test("answers and cancellations say so, and a broken calendar is only a file", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  const answer = "ATTENDEE;CN=Carl Customer;PARTSTAT=DECLINED:mailto:carl@shop-rich.test";
  const reply = await open(page, mailOf("Declined", [text, invitation("REPLY", answer)]));
  await expect(reply.getByRole("region", { name: "Calendar" })).toContainText(
    "Carl Customer declined the invitation",
  );
  const off = await open(page, mailOf("Cancelled", [text, invitation("CANCEL")]));
  await expect(off.getByRole("region", { name: "Calendar" })).toContainText(
    "Look at the leak does not take place",
  );
  const broken = file("meeting.ics", "text/calendar", "BEGIN:VCALENDAR\nnonsense");
  const mail = await open(page, mailOf("Broken", [text, broken]));
  await expect(mail.getByRole("link", { name: /^meeting\.ics/ })).toBeVisible();
  await expect(mail.getByRole("region", { name: "Calendar" })).toHaveCount(0);
  await mail.getByText("1 remark about this mail").click();
  await expect(mail.getByText("The calendar meeting.ics could not be read")).toBeVisible();
});

test("encrypted and packed mail is named as such, with what to do", async ({ openPage }) => {
  const page = await openPage(agent);
  const sealed = file("smime.p7m", "application/pkcs7-mime");
  const encrypted = await open(page, mailOf("Sealed", [sealed]));
  await expect(encrypted.getByText("This mail is encrypted or sealed")).toBeVisible();
  await expect(encrypted.getByText("Mailroom has no key for it.")).toBeVisible();
  await expect(encrypted.getByText(/remark/)).toHaveCount(0);
  const packed = file("winmail.dat", "application/octet-stream");
  const outlook = await open(page, mailOf("Packed", [text, packed]));
  await expect(outlook.getByText("packed a part of this mail into winmail.dat")).toBeVisible();
  await expect(outlook.getByText(/remark/)).toHaveCount(0);
  const signature = file("smime.p7s", "application/pkcs7-signature");
  const signed = await open(page, mailOf("Signed", [text, signature]));
  await expect(signed.getByText("Carries a digital signature")).toBeVisible();
});

test("a file's name is shown to its very end, and a program is called one", async ({
  openPage,
}) => {
  const page = await openPage(agent, { viewport: { width: 390, height: 844 } });
  const long = `${"a-long-name-".repeat(11)}.pdf.exe`;
  const parts = [text, file(long, "application/pdf"), file("report.pdf", "application/pdf")];
  const mail = await open(page, mailOf("Files", parts));
  const program = mail.getByRole("link", { name: /^a-long-name/ });
  await expect(program).toContainText(long);
  await expect(program).toContainText("EXE program");
  expect(await program.evaluate((link) => link.scrollWidth <= link.clientWidth)).toBe(true);
  await expect(mail.getByRole("link", { name: /^report\.pdf/ })).not.toContainText(/file|program/);
});

test("a sender nobody vouches for is marked, one who is verified quietly so", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  const verdict = (found: string) => ({
    headers: [`Authentication-Results: mx.example.test; ${found}`],
  });
  const forged = await open(page, mailOf("Forged", [text], verdict("spf=pass; dmarc=fail")));
  const mark = forged.getByRole("button", { name: "Sender not verified" });
  const words = /could not confirm that this mail is from shop-rich\.test: its DMARC check failed/;
  await expect(mark).toHaveAccessibleDescription(words);
  await expect(mark).toHaveAttribute("title", words);
  await expect(forged.getByText(words)).toBeHidden();
  await mark.focus();
  await expect(forged.getByText(words)).toBeVisible();
  const stranger = await open(page, mailOf("Stranger", [text], verdict("spf=fail; dmarc=none")));
  await expect(stranger.getByRole("button", { name: "Sender not verified" })).toBeVisible();
  const good = await open(page, mailOf("Good", [text], verdict("spf=fail; dmarc=pass")));
  await expect(good.getByText("Sender verified")).toBeAttached();
  const unknown = await open(page, mailOf("Unknown", [text]));
  await expect(unknown.getByText("Hello, please have a look.")).toBeVisible();
  await expect(unknown.getByText(/Sender (not )?verified/)).toHaveCount(0);
});
