"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { use } from "react";
import { paths } from "../paths";
import { useWords } from "../words/language-context";
import { shellWords } from "../words/shell";
import { KeyCaps } from "./key-caps";
import { KeysContext, useIsMac, useKeyHint } from "./key-hint";
import { SEARCH_ID } from "./search-id";

/** Opens the palette; before JavaScript it leads to the search of the list. */
export function SearchButton() {
  const keys = use(KeysContext);
  const words = useWords(shellWords);
  const isMac = useIsMac();
  const hint = useKeyHint({ command: "palette" });
  return (
    <Link
      href={`${paths.tickets()}#${SEARCH_ID}`}
      prefetch={false}
      aria-haspopup="dialog"
      {...hint}
      onClick={(event) => {
        // With a modifier it is a link to another tab.
        if (!keys || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        keys.openPalette();
      }}
      className="mb-2 flex h-[30px] flex-none items-center gap-[9px] rounded-control border border-edge-soft bg-sheet px-2 text-[13.5px] text-ink-2 no-underline transition-colors hover:bg-hover max-md:h-11"
    >
      <Search aria-hidden className="icon" />
      <span className="grow">{words.search}</span>
      <span aria-hidden className="max-md:hidden">
        <KeyCaps keys="Mod+k" isMac={isMac} />
      </span>
    </Link>
  );
}
