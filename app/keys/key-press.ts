import type { Command } from "./commands";

/** What a keydown event says of itself. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing"
>;

/**
 * The name of what was pressed: "j", "/", "?" or, with Ctrl (⌘ on a Mac), "Mod+k". Null for anything
 * with another modifier, for Shift with a letter, for named keys, and while text is being composed.
 * Letters go by what the layout types; on layouts of other scripts (ЙЦУКЕН, カナ) by their place.
 */
export function keyOf(press: KeyPress, isMac: boolean): string | null {
  const [isMod, isOther] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (press.isComposing || press.altKey || isOther) return null;
  const letter = letterOf(press);
  if (isMod) return letter && !press.shiftKey ? `Mod+${letter}` : null;
  if (letter) return press.shiftKey ? null : letter;
  // Shift is how most layouts type "?" and many type "/".
  return [...press.key].length === 1 && !/[\p{L}\s]/u.test(press.key) ? press.key : null;
}

function letterOf({ key, code }: KeyPress): string | null {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  if (!/^\p{L}$/u.test(key) || /^\p{Script=Latin}$/u.test(key)) return null;
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null;
}

/** What a key means: a command, the first of two keys, or nothing. */
export type Meaning = { command: Command } | { first: string } | null;

/** What `key` means after `first`, the key that was pressed before it and waits for a second one. */
export function meaningOf(
  key: string,
  first: string | null,
  commands: readonly Command[],
): Meaning {
  const wanted = first === null ? key : `${first} ${key}`;
  const command = commands.find(({ keys }) => keys.includes(wanted));
  if (command) return { command };
  const begins = commands.some(({ keys }) => keys.some((each) => each.startsWith(`${wanted} `)));
  return begins ? { first: wanted } : null;
}

/** Whether people may turn this key off: one that is pressed alone (WCAG 2.1.4). */
export const isSingleKey = (key: string) => !key.startsWith("Mod+");
