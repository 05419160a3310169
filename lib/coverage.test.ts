import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CITED = /`([\w/.-]+\.(?:test|spec)\.ts)`: "([^"]+)"/g;

/** The rows of its tables: a promise, a fault, or what can happen, and what shows it. */
function rowsOf(file: string) {
  const rows = readFileSync(file, "utf8").matchAll(
    /^\| (?!---|The guide says|What happens|Fault |Input )(.+) \| (.+) \|$/gm,
  );
  return [...rows].map(([, promise = "", shownBy = ""]) => ({ promise, shownBy }));
}

describe.each([
  ["the guide's promises", "docs/guides/coverage.md", 50],
  ["what can go wrong", "docs/faults.md", 30],
  ["what somebody may send", "docs/bad-inputs.md", 92],
])("the table of %s", (_what, file, least) => {
  const rows = rowsOf(file);

  it("names a test for each, or says why there can't be one", () => {
    expect(rows.length).toBeGreaterThan(least);
    const bare = rows.filter(
      ({ shownBy }) =>
        [...shownBy.matchAll(CITED)].length === 0 && !shownBy.startsWith("cannot be"),
    );
    expect(bare).toEqual([]);
  });

  it("names only tests that exist", () => {
    const missing = rows.flatMap(({ shownBy }) =>
      [...shownBy.matchAll(CITED)]
        .filter(([, test = "", title = ""]) => !hasTitle(test, title))
        .map(([whole]) => whole),
    );
    expect(missing).toEqual([]);
  });
});

/** As the title of a test or step, or as a row of a test's table: always a string by itself. */
function hasTitle(file: string, title: string): boolean {
  if (!existsSync(file)) return false;
  const source = readFileSync(file, "utf8");
  return source.includes(`"${title}"`) || source.includes(`\`${title}\``);
}
