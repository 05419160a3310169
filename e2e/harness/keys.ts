import { expect, type Page } from "@playwright/test";

/** The link of a row in the list. */
export const subject = (page: Page, name: string) =>
  page.getByRole("main").getByRole("link", { name, exact: true });
export const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
export const sheet = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });
export const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Opens a page and waits until its keys work. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  // The links' own handlers and ours come with the same code.
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(sheet(page)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toBeHidden();
}

/** Types into the palette and takes the first entry, which has to be the one named. */
export async function choose(page: Page, typed: string, entry: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("combobox")).toBeFocused();
  await page.keyboard.type(typed);
  const first = palette(page).getByRole("option").first();
  await expect(first).toContainText(entry);
  await expect(first).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeHidden();
}
