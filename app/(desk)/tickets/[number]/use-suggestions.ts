"use client";

import { useCallback, useRef, useState } from "react";
import { paths } from "@/app/paths";
import { fieldsOf } from "./draft-answer";

/** Something that can be put into the text: a canned reply, or an agent's name. */
export type Suggestion = { id: string; name: string; text: string };

export type Sign = "/" | "@";

type Open = {
  sign: Sign;
  query: string;
  /** Where the sign stands in what is before the caret. */
  start: number;
  active: number;
};

const SHOWN_MAX = 8;
/** A canned reply's name has spaces, but what finds it need not; a person is found by two words. */
const CALL = /(?:^|[\s(])(?:(\/)([^\s/]{0,40})|(@)([^\s@]{0,40}(?: [^\s@]{0,40})?))$/;

type Options = {
  number: number;
  /** Names for "@"; null where nobody is told. */
  names: readonly { id: string; name: string }[] | null;
  /** Puts `text` in the place of the last `length` signs before the caret. */
  replace: (length: number, text: string) => void;
};

/** What is offered behind "/" and "@" at the start of a word, while it is typed. */
export function useSuggestions({ number, names, replace }: Options) {
  const [open, setOpen] = useState<Open | null>(null);
  const [canned, setCanned] = useState<Suggestion[] | "loading" | "failed" | null>(null);
  const closedAt = useRef<number | null>(null);
  const before = useRef("");

  const load = useCallback(async () => {
    setCanned((now) => (Array.isArray(now) ? now : "loading"));
    const found = await fetchReplies(number);
    setCanned(found ?? "failed");
  }, [number]);

  /** The text before the caret is another one. */
  const look = (text: string) => {
    before.current = text;
    const found = CALL.exec(text);
    const sign = found?.[1] ?? found?.[3];
    if (!found || (sign !== "/" && sign !== "@") || (sign === "@" && !names)) {
      closedAt.current = null;
      setOpen(null);
      return;
    }
    const query = found[2] ?? found[4] ?? "";
    const start = text.length - query.length - 1;
    // Esc closed it: it stays so for this word.
    if (closedAt.current === start) return;
    if (sign === "/" && canned === null) void load();
    setOpen((now) => ({
      ...{ sign, query, start },
      active: now?.query === query ? now.active : 0,
    }));
  };

  const all = open?.sign === "@" ? mentionsOf(names ?? []) : Array.isArray(canned) ? canned : [];
  const items = open ? matching(all, open.query) : [];
  const isShown = open !== null && (items.length > 0 || (open.sign === "/" && open.query === ""));
  const active = Math.min(open?.active ?? 0, Math.max(0, items.length - 1));

  const close = () => {
    closedAt.current = open?.start ?? null;
    setOpen(null);
  };
  const choose = (item: Suggestion) => {
    if (!open) return;
    replace(before.current.length - open.start, item.text);
    close();
  };

  return {
    ...{ items, active, isShown, look, choose, close },
    sign: open?.sign ?? null,
    isLoading: canned === "loading",
    hasFailed: canned === "failed",
    /** Asks again, as somebody may have written new ones. */
    refresh: load,
    /** @returns whether the key was for the list. */
    onKey: (key: string): boolean => {
      if (!isShown || !open) return false;
      if (key === "Escape") {
        close();
        return true;
      }
      const item = items[active];
      if (!item) return false;
      if (key === "Enter" || key === "Tab") {
        choose(item);
        return true;
      }
      const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
      if (step === 0) return false;
      setOpen({ ...open, active: (active + step + items.length) % items.length });
      return true;
    },
  };
}

export type Suggestions = ReturnType<typeof useSuggestions>;

/** What begins so first, then what holds it. */
function matching(all: Suggestion[], query: string): Suggestion[] {
  const wanted = query.toLowerCase();
  const rank = ({ name }: Suggestion) => {
    const words = name.toLowerCase();
    if (words.startsWith(wanted)) return 0;
    return words.includes(` ${wanted}`) ? 1 : words.includes(wanted) ? 2 : 3;
  };
  return all
    .filter((item) => rank(item) < 3)
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, SHOWN_MAX);
}

function mentionsOf(names: readonly { id: string; name: string }[]): Suggestion[] {
  return names.map(({ id, name }) => ({ id, name, text: `@${name} ` }));
}

async function fetchReplies(number: number): Promise<Suggestion[] | null> {
  try {
    const response = await fetch(paths.filledReplies(number));
    if (!response.ok) return null;
    const { replies } = fieldsOf(await response.json());
    if (!Array.isArray(replies)) return null;
    return replies.flatMap((reply: unknown) => {
      const { id, name, text } = fieldsOf(reply);
      const isReply =
        typeof id === "string" && typeof name === "string" && typeof text === "string";
      return isReply ? [{ id, name, text }] : [];
    });
  } catch {
    return null;
  }
}
