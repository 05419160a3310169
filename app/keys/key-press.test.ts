import { describe, expect, it } from "vitest";
import { COMMANDS, commandsFor, keyCaps } from "./commands";
import { type KeyPress, keyOf, meaningOf } from "./key-press";

const press = (key: string, rest: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...{ isComposing: false, ...rest },
});

describe("the name of a key", () => {
  it.each([
    ["a letter", press("j", { code: "KeyJ" }), "j"],
    ["a letter under caps lock", press("J", { code: "KeyJ" }), "j"],
    ["a letter where Dvorak has it", press("j", { code: "KeyC" }), "j"],
    ["a Cyrillic letter by its place", press("о", { code: "KeyJ" }), "j"],
    ["a Greek letter by its place", press("ξ", { code: "KeyJ" }), "j"],
    ["a kana by its place", press("ま", { code: "KeyJ" }), "j"],
    ["a Hebrew letter by its place", press("ח", { code: "KeyJ" }), "j"],
    ["a question mark", press("?", { code: "Slash", shiftKey: true }), "?"],
    ["a German slash", press("/", { code: "Digit7", shiftKey: true }), "/"],
    ["a Russian slash", press("/", { code: "Backslash", shiftKey: true }), "/"],
    ["Ctrl K", press("k", { code: "KeyK", ctrlKey: true }), "Mod+k"],
    ["Ctrl K on a Russian keyboard", press("л", { code: "KeyK", ctrlKey: true }), "Mod+k"],
    ["a letter with Shift", press("J", { code: "KeyJ", shiftKey: true }), null],
    ["a letter with Alt", press("j", { altKey: true }), null],
    ["a letter with AltGr", press("/", { altKey: true, ctrlKey: true }), null],
    ["a letter with Meta", press("k", { metaKey: true }), null],
    ["Ctrl Shift K", press("K", { ctrlKey: true, shiftKey: true }), null],
    ["a Latin letter with a mark", press("é", { code: "Digit2" }), null],
    ["a key of another script without a letter's place", press("х", { code: "BracketLeft" }), null],
    ["Enter", press("Enter"), null],
    ["a space", press(" "), null],
    ["a dead key", press("Dead", { code: "KeyJ" }), null],
    ["text being composed", press("j", { isComposing: true }), null],
    ["a key the browser can't name", press("Unidentified"), null],
  ])("%s", (_what, pressed, name) => {
    expect(keyOf(pressed, false)).toBe(name);
  });

  it("on a Mac ⌘ is the modifier, and Ctrl K stays the text field's own", () => {
    expect(keyOf(press("k", { metaKey: true }), true)).toBe("Mod+k");
    expect(keyOf(press("k", { ctrlKey: true }), true)).toBeNull();
  });
});

describe("what a key means", () => {
  const idOf = (key: string, first: string | null = null, isAdmin = true) => {
    const meaning = meaningOf(key, first, commandsFor(isAdmin));
    return meaning && ("command" in meaning ? meaning.command.id : `${meaning.first} …`);
  };

  it("single keys and pairs", () => {
    expect(idOf("j")).toBe("next-row");
    expect(idOf("Mod+k")).toBe("palette");
    expect(idOf("g")).toBe("g …");
    expect(idOf("i", "g")).toBe("all-open");
    expect(idOf("s")).toBe("snooze");
    expect(idOf("s", "g")).toBe("spam-view");
  });

  it("nothing for unknown keys, also after the first of a pair", () => {
    expect(idOf("q")).toBeNull();
    expect(idOf("j", "g")).toBeNull();
    expect(idOf("g", "g")).toBeNull();
  });

  it("the Admin Portal's keys are for admins", () => {
    expect(idOf("a", "g")).toBe("email-accounts");
    expect(idOf("a", "g", false)).toBeNull();
  });
});

describe("the table", () => {
  const all = COMMANDS.flatMap(({ keys }) => keys);

  it("has every key and every id once", () => {
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
  });

  it("has no key that is the beginning of another one", () => {
    for (const key of all)
      expect(
        all.some((other) => other.startsWith(`${key} `)),
        key,
      ).toBe(false);
  });

  it("says keys as keyboards print them", () => {
    const caps = (key: string, isMac = false) => keyCaps(key, { isMac, control: "Strg" });
    expect(caps("g i")).toEqual(["G", "I"]);
    expect(caps("Mod+k")).toEqual(["Strg K"]);
    expect(caps("Mod+k", true)).toEqual(["⌘ K"]);
    expect(caps("Enter")).toEqual(["Enter"]);
    expect(caps("?")).toEqual(["?"]);
  });
});
