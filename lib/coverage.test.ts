import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = readFileSync("docs/guides/coverage.md", "utf8");

/** The rows of its tables: a promise, or what can happen, and what shows it. */
const rows = [...text.matchAll(/^\| (?!---|The guide says|What happens)(.+) \| (.+) \|$/gm)].map(
  ([, promise = "", shownBy = ""]) => ({ promise, shownBy }),
);

const CITED = /`([\w/.-]+\.(?:test|spec)\.ts)`: "([^"]+)"/g;

describe("the table of the guide's promises", () => {
  it("names a test for each, or says why there can't be one", () => {
    expect(rows.length).toBeGreaterThan(50);
    const bare = rows.filter(
      ({ shownBy }) =>
        [...shownBy.matchAll(CITED)].length === 0 && !shownBy.startsWith("cannot be"),
    );
    expect(bare).toEqual([]);
  });

  it("names only tests that exist", () => {
    const missing = rows.flatMap(({ shownBy }) =>
      [...shownBy.matchAll(CITED)]
        .filter(([, file = "", title = ""]) => !hasTitle(file, title))
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
