import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds wrong on the page as it is; the page must be shown in `colorScheme` already. */
export async function violationsOn(page: Page, colorScheme: "light" | "dark"): Promise<string[]> {
  await colorsArrive(page);
  // Strangers' HTML stands in frames that run no script, so axe neither can nor need look inside:
  // without them the legacy mode says the same and opens no second page.
  const axe = new AxeBuilder({ page })
    .exclude("iframe")
    .setLegacyMode()
    .options({ resultTypes: ["violations"] });
  // The dark theme is the same page in other colours.
  if (colorScheme === "dark") axe.withRules(["color-contrast"]);
  else axe.withTags(LEVELS);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
  );
}

/** Ends when no transition runs: a colour on its way to another (120 ms in a menu) is neither of the two. */
async function colorsArrive(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // Asking for the animations starts those that a change of scheme has yet to begin.
    const transitions = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(transitions.map((one) => one.finished));
  });
}
