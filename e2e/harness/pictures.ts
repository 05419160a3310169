import { mkdirSync } from "node:fs";
import path from "node:path";
import type { BrowserContextOptions, Page } from "@playwright/test";

const FOLDER = path.resolve(import.meta.dirname, "../../docs/screenshots");

/** How each page is shown in docs/screenshots. */
export const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 780 }, hasTouch: true },
};

/** What a reader of the pictures would have, instead of the harness's hurry and ports. */
export const PICTURE_ENV = {
  APP_URL: "http://help.practice.test",
  EMAIL_POLLING_INTERVAL: "60",
};

/** One picture of what the window shows, once nothing moves any more. */
export async function take(page: Page, name: string, look: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.screenshot({
    path: path.join(FOLDER, `${name}-${look}.png`),
    animations: "disabled",
    caret: "hide",
  });
}
