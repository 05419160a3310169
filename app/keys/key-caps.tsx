"use client";

import { keysWords } from "../words/keys";
import { useWords } from "../words/language-context";
import { keyCaps } from "./commands";

/** A shortcut as caps of a keyboard. */
export function KeyCaps({ keys, isMac }: { keys: string; isMac: boolean }) {
  const { control, followedBy } = useWords(keysWords);
  return (
    <span className="inline-flex flex-none items-center gap-1">
      {keyCaps(keys, { isMac, control }).map((cap, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the caps of one shortcut never change
        <span key={index} className="contents">
          {index > 0 && <span className="text-xs text-ink-3">{followedBy}</span>}
          <kbd className="grid h-5 min-w-5 place-items-center rounded-badge border border-rule bg-sunk px-1.5 font-sans text-xs text-ink-2">
            {cap}
          </kbd>
        </span>
      ))}
    </span>
  );
}
