"use client";

import { commandById } from "./commands";
import { KeyCaps } from "./key-caps";
import { useIsMac, useKeyHint } from "./key-hint";

/** The key of a command, beside the field it leads to; nothing when keys are off. */
export function KeyHintCap({ command }: { command: string }) {
  const isMac = useIsMac();
  const { title } = useKeyHint({ command });
  const [key] = commandById(command)?.keys ?? [];
  if (!title || !key) return null;
  return (
    <span aria-hidden title={title} className="max-md:hidden">
      <KeyCaps keys={key} isMac={isMac} />
    </span>
  );
}
