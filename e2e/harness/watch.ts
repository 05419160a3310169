import type { BrowserContext } from "@playwright/test";

/** What went wrong in the browser behind a test's back. */
export type Watch = {
  attach(context: BrowserContext): void;
  /** Expects problems that match, such as the browser's own line about a 404 that is wanted. */
  allow(...patterns: RegExp[]): void;
  /** Expects the browser to visit another host on its way: a provider's page. */
  visits(origin: string): void;
  problems(): string[];
};

/**
 * Notes console errors and warnings, uncaught errors, requests that failed, answers of 500 and
 * above, and any request to another host than the desk's own.
 */
export function newWatch(deskUrl: string): Watch {
  const { origin } = new URL(deskUrl);
  const noted: string[] = [];
  const allowed: RegExp[] = [];
  const visited = new Set([origin]);
  return {
    problems: () =>
      [...new Set(noted)].filter((problem) => !allowed.some((pattern) => pattern.test(problem))),
    allow: (...patterns) => void allowed.push(...patterns),
    visits: (other) => void visited.add(other),
    attach(context) {
      context.on("console", (message) => {
        if (message.type() !== "error" && message.type() !== "warning") return;
        noted.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => noted.push(`uncaught: ${error.error().stack}`));
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (!visited.has(url.origin) && !/^(data|blob|about):$/.test(url.protocol))
          noted.push(`request to another host: ${request.url()}`);
      });
      context.on("requestfailed", (request) => {
        const why = request.failure()?.errorText ?? "unknown";
        // Leaving a page ends its live connection and its prefetches.
        if (why !== "net::ERR_ABORTED") noted.push(`request failed: ${request.url()} ${why}`);
      });
      context.on("response", (response) => {
        if (response.status() >= 500) noted.push(`answer ${response.status()}: ${response.url()}`);
      });
    },
  };
}
