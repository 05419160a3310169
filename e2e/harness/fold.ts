import { expect, type Locator, type Page } from "@playwright/test";

/**
 * Unfolds what stands behind `words`. Beside a form that looks something up, the answer may move them
 * from under the pointer before the button is let go: then they are clicked once more.
 */
export async function unfold(place: Page | Locator, words: string): Promise<void> {
  const line = place.getByText(words, { exact: true });
  const fold = place.locator("details").filter({ hasText: words }).last();
  await expect(async () => {
    if ((await fold.getAttribute("open")) === null) await line.click();
    await expect(fold).toHaveAttribute("open", { timeout: 1_000 });
  }).toPass();
}
