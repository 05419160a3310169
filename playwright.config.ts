import { defineConfig } from "@playwright/test";

/** `npm run screenshots` runs the same harness for other ends: pictures for docs/screenshots. */
const isForPictures = process.env.MAILROOM_SCREENSHOTS === "1";

export default defineConfig({
  testDir: "e2e",
  testMatch: isForPictures ? "screenshots.ts" : "*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results/e2e",
  // Every spec starts a desk of its own (e2e/harness/desk.ts); on two cores one at a time is fastest.
  workers: 1,
  forbidOnly: !!process.env.CI,
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "UTC",
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: "/usr/bin/chromium",
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
