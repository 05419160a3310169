"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect } from "react";
import { followLive, type LiveTopic } from "./live-stream";

export type { LiveTopic } from "./live-stream";

/** Keeps the page up to date: it is read again when the server says that something changed. */
export function Live({ topics }: { topics: LiveTopic[] }) {
  const router = useRouter();
  useNotices(
    topics,
    useCallback(() => router.refresh(), [router]),
  );
  return null;
}

type Pace = {
  /** Milliseconds from one call to the next, at least. */
  everyMs?: number;
  /** The same while the tab is hidden; without it, a hidden tab hears nothing and catches up when shown. */
  hiddenEveryMs?: number;
};

/** Notices come in flocks: a call waits this long for the rest of them. */
const GATHER_MS = 150;

/**
 * Calls `changed` when the server says that something of these topics changed; with `isCertain` false
 * when it only may have, as nobody listened: before the first connection, or while it was away.
 */
export function useNotices(
  topics: LiveTopic[],
  changed: (isCertain: boolean) => void,
  { everyMs = 300, hiddenEveryMs }: Pace = {},
): void {
  const wanted = topics.join(",");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = Number.NEGATIVE_INFINITY;
    let isSure = false;
    const stop = followLive({
      topics: wanted.split(",") as LiveTopic[],
      whileHidden: hiddenEveryMs !== undefined,
      onNotice(isCertain) {
        isSure ||= isCertain;
        const gap = document.hidden ? (hiddenEveryMs ?? everyMs) : everyMs;
        timer ??= setTimeout(
          () => {
            timer = undefined;
            last = performance.now();
            const wasSure = isSure;
            isSure = false;
            changed(wasSure);
          },
          Math.max(GATHER_MS, last + gap - performance.now()),
        );
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [wanted, changed, everyMs, hiddenEveryMs]);
}
