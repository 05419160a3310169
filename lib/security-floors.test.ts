import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** The first version of each package without a known hole, wherever it stands in the tree. */
const FLOORS: Record<string, string> = {
  next: "16.4.3",
  "next-auth": "4.24.15",
  nodemailer: "10.4.1",
  mailparser: "3.9.31",
  imapflow: "2.1.2",
  "sanitize-html": "2.17.7",
  dompurify: "3.4.16",
  sharp: "0.35.5",
  zod: "4.6.7",
};

type Lockfile = { packages: Record<string, { version?: string }> };

const lockfile = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;

/** Every copy of a package in the tree: a nested one counts as much as the top one. */
function copiesOf(name: string): { place: string; version: string }[] {
  return Object.entries(lockfile.packages)
    .filter(
      ([place]) => place === `node_modules/${name}` || place.endsWith(`/node_modules/${name}`),
    )
    .map(([place, { version }]) => ({ place, version: version ?? "0" }));
}

function isBelow(version: string, floor: string): boolean {
  const parts = (text: string) => text.split("-")[0]?.split(".").map(Number) ?? [];
  const [have, want] = [parts(version), parts(floor)];
  for (let at = 0; at < 3; at++)
    if ((have[at] ?? 0) !== (want[at] ?? 0)) return (have[at] ?? 0) < (want[at] ?? 0);
  return false;
}

describe("security floors", () => {
  it("compares versions by number", () => {
    expect(isBelow("2.9.0", "2.17.7")).toBe(true);
    expect(isBelow("16.4.6", "16.4.3")).toBe(false);
  });

  for (const [name, floor] of Object.entries(FLOORS))
    it(`holds ${name} at ${floor} or newer in the whole tree`, () => {
      const copies = copiesOf(name);
      const isOptional = name === "dompurify" || name === "sharp";
      if (!isOptional) expect(copies.length).toBeGreaterThan(0);
      expect(copies.filter(({ version }) => isBelow(version, floor))).toEqual([]);
    });

  it("no picture goes through an optimiser: none is decoded on the server", () => {
    expect(readFileSync("next.config.ts", "utf8")).toContain("images: { unoptimized: true }");
    const importers = ["app", "lib", "worker"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("db/generated"))
        .filter((file) =>
          /from "(next\/image|sharp)"/.test(readFileSync(join(folder, file), "utf8")),
        ),
    );
    expect(importers).toEqual([]);
  });

  it("has no download addresses in the lockfile", () => {
    expect(readFileSync("package-lock.json", "utf8")).not.toContain('"resolved": "http');
  });
});
