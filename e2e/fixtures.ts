import { type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { type Desk, type DeskOptions, startDesk } from "./harness/desk";
import { patient } from "./harness/patient";
import { type Person, stateOf } from "./harness/people";
import { type Servers, startServers } from "./harness/servers";
import { newWatch, type Watch } from "./harness/watch";

export { expect } from "@playwright/test";

let current: Desk | undefined;

type TestFixtures = {
  /** The desk of this file: see withDesk(). */
  desk: Desk;
  watch: Watch;
  /** A page in a browser of its own, signed in as somebody or as nobody. */
  openPage: (who: Person | null, options?: BrowserContextOptions) => Promise<Page>;
};

/**
 * Every test is watched: a console error or warning, an uncaught error, a failed request or a
 * request to another host than the desk's own fails it.
 */
export const test = base.extend<TestFixtures, { servers: Servers }>({
  servers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
    async ({}, use) => {
      const servers = await startServers();
      await use(servers);
      await servers.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  desk: async ({}, use) => {
    if (!current) throw new Error("This file starts no desk: call withDesk() at its top");
    await use(current);
  },
  // Playwright reads it before beforeAll as well, when there is no desk yet.
  // biome-ignore lint/correctness/noEmptyPattern: as above
  baseURL: async ({}, use) => use(current?.url),
  watch: async ({ desk }, use) => {
    const watch = newWatch(desk.url);
    await use(watch);
    expect(watch.problems(), "what went wrong in the browser").toEqual([]);
  },
  context: async ({ context, watch }, use) => {
    watch.attach(context);
    await use(context);
  },
  page: async ({ page }, use) => use(patient(page)),
  openPage: async ({ browser, desk, watch }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (who, options = {}) => {
      const storageState = who ? await stateOf(browser, desk.url, who) : undefined;
      const context = await browser.newContext({
        ...{ baseURL: desk.url, locale: "en-US", timezoneId: "UTC", storageState },
        ...options,
      });
      contexts.push(context);
      watch.attach(context);
      const page = await context.newPage();
      return options.javaScriptEnabled === false ? page : patient(page);
    });
    for (const context of contexts) await context.close();
  },
});

/** Starts a desk before the tests of the file and ends it after them; `prepare` fills it. */
export function withDesk(
  options: DeskOptions,
  prepare: (desk: Desk, servers: Servers) => Promise<void> = async () => undefined,
): void {
  test.beforeAll(async ({ servers }) => {
    test.setTimeout(240_000);
    current = await startDesk(servers, options);
    await prepare(current, servers);
  });
  test.afterAll(async () => {
    await current?.stop();
    current = undefined;
  });
}
