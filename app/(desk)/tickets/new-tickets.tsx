"use client";

import { ArrowUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { paths } from "@/app/paths";
import type { TicketCursor } from "@/lib/tickets/query";
import { countNewTickets } from "./actions";
import { TABLE_ID } from "./table-id";

type Props = {
  /** The list on the screen, and its first ticket. */
  address: string;
  top: TicketCursor | null;
};

/**
 * Keeps the list up to date without moving a row under somebody's hand: while the pointer or the
 * focus is in the table, or the page is scrolled, new tickets are only counted, on a button. For
 * the first page of a list; further pages hold older mail and stay as they are.
 */
export function NewTickets({ address, top }: Props) {
  const router = useRouter();
  const [count, setCount] = useState(0);
  const isWaiting = useRef(false);
  const shown = useRef({ address, top });

  useEffect(() => {
    shown.current = { address, top };
    isWaiting.current = false;
    setCount(0);
  }, [address, top]);

  const update = useCallback(async () => {
    const { address, top } = shown.current;
    if (!isInUse()) return router.refresh();
    isWaiting.current = true;
    setCount(await countNewTickets(address, top));
  }, [router]);

  useEffect(() => {
    const onPointer = () => {
      if (isWaiting.current && !isInUse()) router.refresh();
    };
    document.addEventListener("pointerover", onPointer);
    const stop = onTicketChange(update, async () => {
      // Something may have come between the page and the connection.
      const { address, top } = shown.current;
      if ((await countNewTickets(address, top)) > 0) update();
    });
    return () => {
      stop();
      document.removeEventListener("pointerover", onPointer);
    };
  }, [router, update]);

  return (
    <span aria-live="polite">
      {count > 0 && (
        <button
          type="button"
          onClick={() => {
            window.scrollTo({ top: 0 });
            router.refresh();
          }}
          className="inline-flex h-7 items-center gap-1.5 rounded-full border border-blue-line bg-blue-bg pr-3 pl-[9px] text-sm font-semibold text-blue max-md:h-9"
        >
          <ArrowUp aria-hidden className="icon" />
          {count === 1 ? "1 new ticket" : `${count >= 1000 ? "999+" : count} new tickets`}
        </button>
      )}
    </span>
  );
}

function isInUse(): boolean {
  const table = document.getElementById(TABLE_ID);
  if (!table) return false;
  return table.matches(":hover") || table.contains(document.activeElement) || window.scrollY > 40;
}

/** Calls `changed` at most every half second; a hidden tab holds no connection and catches up. */
function onTicketChange(changed: () => void, connected: () => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, 500);
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(paths.events(["ticket"]));
    source.onmessage = soon;
    source.onopen = connected;
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  const onVisibility = () => {
    if (document.hidden) return close();
    open();
    // Rows may have changed or gone as well.
    soon();
  };
  open();
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pagehide", close);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("pagehide", close);
    clearTimeout(timer);
    close();
  };
}
