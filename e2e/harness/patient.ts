import type { Page } from "@playwright/test";

/**
 * Makes a page wait, wherever it is sent, until its JavaScript runs. On a slow machine that is a good
 * while after its load, and what is typed, pressed or chosen in between is no longer before
 * JavaScript, as on pages that run none, and not yet with it.
 */
export function patient(page: Page): Page {
  const andWait =
    <Options extends unknown[], Answer>(go: (...options: Options) => Promise<Answer>) =>
    async (...options: Options) => {
      const answer = await go(...options);
      await untilItRuns(page);
      return answer;
    };
  page.goto = andWait(page.goto.bind(page));
  page.reload = andWait(page.reload.bind(page));
  page.goBack = andWait(page.goBack.bind(page));
  return page;
}

/** For a page that somebody else has led to the desk. */
export async function untilItRuns(page: Page): Promise<void> {
  await page.waitForFunction(isRunning);
}

/**
 * Runs in the page: whether React has taken over the desk's HTML, and done what it had to do then. It
 * keeps its root on the document. Pages that are not the desk's are left alone.
 */
function isRunning(): boolean | Promise<boolean> {
  if (!document.querySelector('script[src*="/_next/"]')) return true;
  const key = Object.keys(document).find((name) => name.startsWith("__reactContainer$"));
  const root = key && Reflect.get(document, key)?.stateNode?.current?.memoizedState;
  if (!root || root.isDehydrated) return false;
  // Listeners come a moment after the elements.
  return new Promise((resolve) => requestIdleCallback(() => resolve(true), { timeout: 2_000 }));
}
