"use client";

import { useEffect, useRef, useState } from "react";
import type { ContactSuggestion } from "@/lib/contact-list";
import { suggest } from "./actions";

const TYPING_PAUSE_MS = 200;

/** The known addresses for what was typed last, a moment after the last key. */
export function useSuggestions() {
  const [suggestions, setSuggestions] = useState<ContactSuggestion[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const newest = useRef("");
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (text: string) => {
    newest.current = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      // What can't be asked for is only not offered.
      const found = await suggest(text).catch(() => []);
      if (newest.current === text) setSuggestions(found);
    }, TYPING_PAUSE_MS);
  };
  return { suggestions, ask };
}
