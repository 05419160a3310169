import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** `npm run screenshots` runs the same harness for other ends: pictures for docs/screenshots. */
const isForPictures = process.env.MAILROOM_SCREENSHOTS === "1";

/** The shell is the same Chromium without the browser's own windows, which take a third of the time. */
const shell = "/usr/bin/chromium-headless-shell";
const browser = existsSync(shell) ? shell : "/usr/bin/chromium";

export default defineConfig({
  testDir: "e2e",
  testMatch: isForPictures ? "screenshots*.ts" : "*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results/e2e",
  // Every spec starts a desk of its own (e2e/harness/desk.ts), and waits for mail a good part of its time.
  workers: 3,
  forbidOnly: !!process.env.CI,
  // Passed at the second try, a journey is printed as flaky with what went wrong: a race to be found, of the
  // page or of the journey, which must not hide whether all others pass.
  retries: isForPictures ? 0 : 1,
  reporter: "list",
  // A machine with much to do is slow, and that is no fault: what fails, fails later.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "UTC",
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: browser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
