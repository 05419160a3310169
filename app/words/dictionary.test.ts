import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LANGUAGES, type Language } from "./dictionary";

const FOLDER = path.join(process.cwd(), "app/words");

/** What both languages call the same. */
const SAME = [
  ...["Admin", "Agent", "API", "Name", "Normal", "Spam", "Status", "System", "Ticket", "Web"],
  ...["2 s", "2 min", "2 h"],
];

type Word = { name: string; texts: Record<Language, string[]> };

/** Every word of a file, by its place; functions as what they say of one, of two and of a name. */
async function wordsIn(file: string): Promise<Word[]> {
  const exported: Record<string, unknown> = await import(path.join(FOLDER, file));
  return Object.entries(exported)
    .filter(([, value]) => isBranch(value) && LANGUAGES.every((language) => language in value))
    .flatMap(([name, value]) => walk(`${file} ${name}`, value));
}

function walk(name: string, dictionary: unknown): Word[] {
  const [en, de] = LANGUAGES.map((language) =>
    isBranch(dictionary) ? dictionary[language] : null,
  );
  if (!isBranch(en) || !isBranch(de))
    return [{ name, texts: { en: textsOf(en), de: textsOf(de) } }];
  expect(Object.keys(de), name).toEqual(Object.keys(en));
  return Object.keys(en).flatMap((key) => walk(`${name}.${key}`, { en: en[key], de: de[key] }));
}

function textsOf(leaf: unknown): string[] {
  const said =
    typeof leaf === "function" ? [1, 2, "Nora"].map((value) => leaf(value, value)) : [leaf];
  return said.map((text) => {
    expect(text).toBeTypeOf("string");
    return String(text);
  });
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

const files = readdirSync(FOLDER).filter((file) => /^[\w-]+\.ts$/.test(file));
const words = (await Promise.all(files.filter(isOfWords).map(wordsIn))).flat();

function isOfWords(file: string): boolean {
  return file !== "page-language.ts";
}

describe("the dictionaries", () => {
  it("are found", () => {
    expect(words.length).toBeGreaterThan(100);
    expect(words.map(({ name }) => name)).toContain("tickets.ts ticketWords.views.spam");
  });

  it("have no empty word, and no space too many", () => {
    const bad = words.filter(({ texts }) =>
      LANGUAGES.some((language) => texts[language].some((text) => !/^\S(.*\S)?$/su.test(text))),
    );
    expect(bad).toEqual([]);
  });

  it("say in German what they say in English in other words", () => {
    const same = words.filter(
      ({ texts: { en, de } }) => en.join() === de.join() && !de.some((text) => SAME.includes(text)),
    );
    expect(same).toEqual([]);
  });

  it("name the same parts of a sentence", () => {
    const parts = (texts: string[]) => texts.map((text) => text.match(/\{\w+\}/g)?.sort() ?? []);
    for (const { name, texts } of words) expect(parts(texts.de), name).toEqual(parts(texts.en));
  });

  it("speak to people formally", () => {
    const familiar = words.filter(({ texts }) =>
      texts.de.some((text) => /\b(du|dein\w*|dich|dir)\b/i.test(text)),
    );
    expect(familiar).toEqual([]);
  });
});
