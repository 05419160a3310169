import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentIdOf } from "./content-id";
import { parseMail } from "./parse";
import { sanitiseHtml } from "./sanitize";

const folder = process.env.CORPORA_DIR ?? "../shared/corpora";
const isThere = existsSync(folder);
if (!isThere) console.info(`Skipped: no corpora in ${folder}; CORPORA_DIR names another folder`);

function mailsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(eml|msg)$/.test(file))
    .sort();
}

describe.skipIf(!isThere)("mail of other projects' tests", () => {
  const sets = isThere
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  test.each(sets.map((set) => set.name))("every mail of %s is read", async (set) => {
    for (const file of mailsBelow(join(folder, set))) {
      const raw = readFileSync(join(folder, set, file));
      const mail = await parseMail(raw).catch((error: unknown) => {
        throw new Error(`${set}/${file}`, { cause: error });
      });
      expect(contentIdOf(mail), file).toMatch(/^[0-9a-f]{64}$/);
      expect(mail.text.includes("\0"), file).toBe(false);
      if (mail.html !== null)
        sanitiseHtml(mail.html, { cidUrl: () => null, loadRemoteImages: false });
    }
  });
});
