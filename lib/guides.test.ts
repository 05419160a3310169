import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  findGuideSlug,
  GUIDE_SLUGS,
  guideFile,
  guideLink,
  headingId,
  readGuide,
  readGuidePicture,
} from "./guides";

const DOCS = path.join(process.cwd(), "docs");

/** What the pages are made of: labels stand in app/, states of an account and results of tests in lib/. */
const source = ["app", "lib/accounts", "lib/transport"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$/.test(file))
      .map((file) => readFileSync(path.join(folder, file), "utf8")),
  )
  .join("\n");

function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, url = ""]) => url);
}

function headingsIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = ""]) => headingId(heading));
}

describe.each(GUIDE_SLUGS)("the guide %s", (slug) => {
  const file = path.join(DOCS, guideFile(slug));
  const text = readFileSync(file, "utf8");

  it("has a title, sections, and no two headings alike", async () => {
    const guide = await readGuide(slug);
    expect(guide.title).not.toBe("");
    expect(guide.text).not.toMatch(/^# /m);
    expect(guide.sections.length).toBeGreaterThan(3);
    const ids = headingsIn(file);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("links only to files and headings that exist, and the app knows them", () => {
    const inside = linksIn(text).filter((url) => !/^https?:/.test(url));
    expect(inside.length).toBeGreaterThan(0);
    for (const url of inside) {
      const [target = "", hash] = url.split("#");
      const targetFile = target ? path.resolve(path.dirname(file), target) : file;
      expect(existsSync(targetFile), url).toBe(true);
      if (target) expect(guideLink(url), url).not.toBeNull();
      if (hash) expect(headingsIn(targetFile), url).toContain(hash);
    }
  });

  it("names buttons, fields and badges as the product does", () => {
    const labels = [...text.matchAll(/\*\*"([^"]+)"\*\*/g)].map(([, label = ""]) => label);
    expect(labels.length).toBeGreaterThan(3);
    expect(labels.filter((label) => !source.includes(label))).toEqual([]);
  });

  it("leads to no other place by plain http", () => {
    expect(linksIn(text).filter((url) => url.startsWith("http:"))).toEqual([]);
  });
});

it("finds guides by their names alone", () => {
  expect(findGuideSlug("email-setup")).toBe("email-setup");
  for (const wrong of ["", "coverage", "../README", "EMAIL_SETUP_GUIDE", "toString"])
    expect(findGuideSlug(wrong)).toBeNull();
});

it("gives the pictures that guides show, and no other file", async () => {
  const png = [0x89, 0x50, 0x4e, 0x47];
  const picture = await readGuidePicture("account-form-light.png");
  expect([...(picture ?? []).slice(0, 4)]).toEqual(png);
  for (const wrong of ["", "setup-dark.png", "../../package.json", "../screenshots/setup-dark.png"])
    expect(await readGuidePicture(wrong)).toBeNull();
});

it("leaves other links as they are", () => {
  expect(guideLink("https://example.com/EMAIL_SETUP_GUIDE")).toBeNull();
  expect(guideLink("#google")).toBeNull();
  expect(guideLink("./EMAIL_SETUP_GUIDE.md#google")).toEqual({
    slug: "email-setup",
    hash: "google",
  });
});
