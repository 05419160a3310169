"use client";

import { createContext, use, useSyncExternalStore } from "react";
import { keysWords } from "../words/keys";
import { useWords } from "../words/language-context";
import { type Command, commandByHref, commandById, keyCaps } from "./commands";
import { isSingleKey } from "./key-press";

/** What the keyboard of this page offers; null where there is none, as in the customers' portal. */
export const KeysContext = createContext<{
  singleKeys: boolean;
  openPalette: () => void;
  openSheet: () => void;
} | null>(null);

export type KeyHint = { title?: string; "aria-keyshortcuts"?: string };

/**
 * Tooltip and `aria-keyshortcuts` of a button that a key stands for: found by its `data-command`, or
 * for a link by where it leads. Empty when there is no such key, or it is turned off.
 */
export function useKeyHint({ command, href }: { command?: string; href?: unknown }): KeyHint {
  const keys = use(KeysContext);
  const isMac = useIsMac();
  const { commands, control, followedBy } = useWords(keysWords);
  const found =
    commandById(command) ?? (typeof href === "string" ? commandByHref(href) : undefined);
  const [key] = found?.keys ?? [];
  if (!keys || !found || !key) return {};
  if (!keys.singleKeys && isSingleKey(key)) return {};
  const caps = keyCaps(key, { isMac, control }).join(` ${followedBy} `);
  return { title: `${commands[found.id]} (${caps})`, ...ariaOf(found, isMac) };
}

/** ARIA has no word for two keys one after the other. */
function ariaOf({ keys }: Command, isMac: boolean): KeyHint {
  const single = keys.filter((key) => !key.includes(" "));
  if (single.length === 0) return {};
  const words = single.map((key) => key.replace("Mod", isMac ? "Meta" : "Control"));
  return { "aria-keyshortcuts": words.join(" ") };
}

/** Whether ⌘ is this machine's key for commands; false until the browser says so. */
export function useIsMac(): boolean {
  return useSyncExternalStore(never, isMacNow, () => false);
}

export const isMacNow = () => /Mac|iPhone|iPad/.test(navigator.platform);

const never = () => () => undefined;
