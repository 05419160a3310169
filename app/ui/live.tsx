"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect } from "react";
import { paths } from "../paths";

export type LiveTopic = "ticket" | "account" | "outbound" | "inbound" | "poll";

/** Keeps the page up to date: it is read again when the server says that something changed. */
export function Live({ topics }: { topics: LiveTopic[] }) {
  const router = useRouter();
  useNotices(
    topics,
    useCallback(() => router.refresh(), [router]),
  );
  return null;
}

/**
 * Calls `changed` when the server says that something of these topics changed, at most every 300 ms.
 * A hidden tab holds no connection and catches up when shown.
 */
export function useNotices(topics: LiveTopic[], changed: () => void): void {
  const address = paths.events(topics);
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, 300);
    };
    const open = () => {
      if (source || document.hidden) return;
      source = new EventSource(address);
      source.onmessage = soon;
      // What was said before is gone: between the page and its first connection, or while it was away.
      source.onopen = soon;
    };
    const close = () => {
      source?.close();
      source = undefined;
    };
    const onVisibility = () => {
      if (document.hidden) return close();
      open();
    };
    open();
    document.addEventListener("visibilitychange", onVisibility);
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", open);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      window.removeEventListener("pagehide", close);
      window.removeEventListener("pageshow", open);
      clearTimeout(timer);
      close();
    };
  }, [address, changed]);
}
