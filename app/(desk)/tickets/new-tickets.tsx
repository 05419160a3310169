"use client";

import { ArrowUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { paths } from "@/app/paths";
import { type LiveTopic, useNotices } from "@/app/ui/live";
import type { WordsIn } from "@/app/words/dictionary";
import { useWords } from "@/app/words/language-context";
import { newsWords } from "@/app/words/news";
import type { ListNews } from "@/lib/tickets/news";
import { unreadTitle } from "./list-title";
import { TABLE_ID } from "./table-id";

type Props = {
  /** The list on the screen, and when it was read. */
  address: string;
  moment: string;
  /** The document's title without the count, and the count. */
  title: string;
  unread: number;
  /** Further pages hold older mail and stay as they are. */
  isFirstPage: boolean;
};

const TOPICS: LiveTopic[] = ["ticket"];
const PACE = { everyMs: 500, hiddenEveryMs: 5_000 };

/** A list that nobody has touched for this long brings itself up to date. */
const UNTOUCHED_MS = 60_000;

/** How often it looks whether it may. */
const CATCH_UP_MS = 5_000;

const NOTHING: ListNews = { tickets: 0, replies: 0 };

/**
 * Says on a button what of the list is new, and keeps the unread count in the document's title true.
 * New rows come in with a click; by themselves only when the list is empty, or nobody is there. Other
 * changes are shown at once unless somebody has a hand in the table.
 */
export function NewTickets({ address, moment, title, unread, isFirstPage }: Props) {
  const router = useRouter();
  const [news, setNews] = useState(NOTHING);
  const isBehind = useRef(false);
  const touchedAt = useTouch();
  const shown = useRef({ address, moment, title, isFirstPage });

  useEffect(() => {
    shown.current = { address, moment, title, isFirstPage };
    isBehind.current = false;
    setNews(NOTHING);
    document.title = unreadTitle(title, unread);
  }, [address, moment, title, unread, isFirstPage]);

  /** New rows need a list that is empty, or that nobody is at; other changes only free hands. */
  const mayRefresh = useCallback(
    (isNew: boolean) => {
      if (document.hidden || isInUse()) return false;
      const isAlone = performance.now() - touchedAt.current > UNTOUCHED_MS;
      return !isNew || isAlone || !document.getElementById(TABLE_ID);
    },
    [touchedAt],
  );

  const update = useCallback(
    async (isCertain: boolean) => {
      const asked = shown.current;
      const answer = await fetch(paths.listNews(asked.address, asked.moment)).catch(() => null);
      if (!answer?.ok || shown.current !== asked) return;
      const now: ListNews & { unread: number } = await answer.json();
      document.title = unreadTitle(asked.title, now.unread);
      const isNew = isNews(now);
      if (!asked.isFirstPage || !(isNew || isCertain)) return;
      if (mayRefresh(isNew)) return router.refresh();
      isBehind.current = true;
      setNews(now);
    },
    [mayRefresh, router],
  );
  useNotices(TOPICS, update, PACE);

  useEffect(() => {
    const catchUp = () => {
      if (isBehind.current && mayRefresh(isNews(news))) router.refresh();
    };
    const timer = setInterval(catchUp, CATCH_UP_MS);
    document.addEventListener("visibilitychange", catchUp);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", catchUp);
    };
  }, [news, mayRefresh, router]);

  const text = newsText(news, useWords(newsWords));
  return (
    // Out of the flow, over the count that is old now: nothing below moves, however wide it is.
    <span aria-live="polite" className="md:relative">
      {text && (
        <button
          type="button"
          onClick={() => {
            window.scrollTo({ top: 0 });
            router.refresh();
          }}
          className="absolute top-1/2 inline-flex h-7 max-w-[calc(100vw-180px)] -translate-y-1/2 items-center gap-1.5 rounded-full border border-blue-line bg-blue-bg pr-3 pl-[9px] text-sm font-semibold whitespace-nowrap text-blue max-md:left-4 max-md:h-9 md:right-0"
        >
          <ArrowUp aria-hidden className="icon" />
          <span className="truncate">{text}</span>
        </button>
      )}
    </span>
  );
}

const isNews = ({ tickets, replies }: ListNews) => tickets + replies > 0;

/** "3 new tickets, 1 reply". */
function newsText({ tickets, replies }: ListNews, words: WordsIn<typeof newsWords>): string {
  const shown = (count: number) => (count >= 1000 ? "999+" : String(count));
  return [
    tickets > 0 && words.newTickets(tickets, shown(tickets)),
    replies > 0 && words.replies(replies, shown(replies)),
  ]
    .filter(Boolean)
    .join(", ");
}

/** When somebody last did anything on the page; coming to it counts. */
function useTouch() {
  const at = useRef(0);
  useEffect(() => {
    const touch = () => {
      at.current = performance.now();
    };
    touch();
    const kinds = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];
    for (const kind of kinds) document.addEventListener(kind, touch, { passive: true });
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, touch);
    };
  }, []);
  return at;
}

/** Somebody points at a row, has the focus in the table, has read on, or has chosen rows. */
function isInUse(): boolean {
  const table = document.getElementById(TABLE_ID);
  if (!table) return false;
  return (
    table.matches(":hover") ||
    table.contains(document.activeElement) ||
    table.querySelector("input[name=id]:checked") !== null ||
    window.scrollY > 40
  );
}
