import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/testing/factories";
import { receiveOnTicket } from "@/lib/testing/pipeline";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "pdf-preview" }, async () => {
  agent = await addPerson("AGENT", "Paula Pages", "paula@pages.example");
  await createAccount({ email: "desk@pages.example", isDefault: true });
});

/** A PDF file of two pages, whose script would run at once where a viewer runs any. */
function twoPages(): string {
  const content = (text: string) => {
    const drawn = `BT /F1 36 Tf 72 700 Td (${text}) Tj ET 0.1 0.3 0.4 rg 72 500 400 120 re f`;
    return `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`;
  };
  const page = (contents: number) =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${contents} 0 R /Resources << /Font << /F1 7 0 R >> >> >>`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\('ran'\\); app.launchURL\\('http://evil.test/'\\);) >> >>",
    "<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>",
    ...[page(4), content("Invoice 4711"), page(6), content("Terms of trade")],
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const starts = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.join("")}`;
  const at = file.length;
  return `${file}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
}

const part = (name: string, body: string) => [
  ...["--part", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64"],
  `Content-Disposition: attachment; filename="${name}"`,
  ...[
    "",
    ...(Buffer.from(body, "latin1")
      .toString("base64")
      .match(/.{1,76}/g) ?? []),
  ],
];

function mail(): string {
  return [
    ...["From: Carl Customer <carl@shop-pages.test>", "To: desk@pages.example"],
    ...["Subject: The invoice", "Message-ID: <pages.1@shop-pages.test>"],
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    ...["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=part", ""],
    ...["--part", "Content-Type: text/plain; charset=utf-8", "", "Is it paid?"],
    ...part("invoice.pdf", twoPages()),
    ...part("broken.pdf", "%PDF-1.4 and nothing more"),
    ...["--part--", ""],
  ].join("\r\n");
}

/** How many of the canvas's pixels are not white. */
const inked = (page: Page) =>
  page.locator("dialog canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width < 2) return 0;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
      data: [],
    };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 200) count += 1;
    return count;
  });

test("the pages of a PDF file are seen without downloading it, and nothing in it runs", async ({
  openPage,
}) => {
  const { ticket } = await receiveOnTicket(mail());
  const page = await openPage(agent);
  page.on("dialog", (dialog) => {
    throw new Error(`A dialog opened: ${dialog.message()}`);
  });
  await page.goto(`/tickets/${ticket.number}`);
  await page.getByRole("button", { name: "Preview invoice.pdf" }).click();
  const preview = page.getByRole("dialog", { name: "Preview of invoice.pdf" });
  await expect(preview.getByText("Page 1 of 2")).toBeVisible();
  await expect(preview.getByRole("img", { name: "Page 1: Invoice 4711" })).toBeVisible();
  await expect.poll(() => inked(page)).toBeGreaterThan(10_000);
  for (const look of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: look });
    expect.soft(await violationsOn(page, look)).toEqual([]);
    await page.screenshot({ path: `test-results/pdf-preview/${look}.png` });
  }
  await page.setViewportSize({ width: 360, height: 780 });
  await page.screenshot({ path: "test-results/pdf-preview/phone.png" });
  await preview.getByRole("button", { name: "Next page" }).click();
  await expect(preview.getByRole("img", { name: "Page 2: Terms of trade" })).toBeVisible();
  await expect(preview.getByRole("button", { name: "Next page" })).toBeDisabled();
  const download = page.waitForEvent("download");
  await preview.getByRole("link", { name: "Download invoice.pdf" }).click();
  expect((await download).suggestedFilename()).toBe("invoice.pdf");
  await page.keyboard.press("Escape");
  await expect(preview).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Preview invoice.pdf" })).toBeFocused();

  await page.getByRole("button", { name: "Preview broken.pdf" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "This file cannot be shown." }),
  ).toHaveText("This file cannot be shown. It is damaged, or no PDF file. It can be downloaded.");
});
