"use client";

import { useSyncExternalStore } from "react";
import { useLanguage } from "../words/language-context";
import { absoluteText, agoText, spanText } from "./relative-time-text";

/** How often times are read again. */
const CLOCK_MS = 5_000;
/** The server's clock may be a little ahead, and our reading of ours is as old as that, or older where much goes on. */
const AHEAD_MS = 2 * CLOCK_MS;

const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all times on the page; it stands still while nothing shows a time. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, CLOCK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const readClock = () => now || Date.now() - (Date.now() % CLOCK_MS);
const noClock = () => null;

/** The time on the browser's clock in milliseconds, kept going; null on the server. */
export function useClock(): number | null {
  return useSyncExternalStore(subscribe, readClock, noClock);
}

/**
 * A moment, relative to now, and in full on hover. The server writes it in full (UTC), or relative to
 * `renderedAt` where there is no room; the browser turns it into "20 seconds ago" and keeps that true.
 * `format="span"` gives "2 d 4 h".
 */
export function RelativeTime({
  date,
  format = "ago",
  renderedAt,
  className,
}: {
  date: Date | string;
  format?: "ago" | "span";
  renderedAt?: Date;
  className?: string;
}) {
  const clock = useClock();
  const language = useLanguage();
  const moment = new Date(date);
  const textAt = format === "span" ? spanText : agoText;
  if (clock === null) {
    const full = absoluteText(moment, language, "UTC");
    return (
      <time dateTime={moment.toISOString()} title={renderedAt && full} className={className}>
        {renderedAt ? textAt(moment, renderedAt, language) : full}
      </time>
    );
  }
  // Never "in 2 seconds" for what has happened just now.
  const read = new Date(Math.max(clock, Math.min(moment.getTime(), clock + AHEAD_MS)));
  return (
    <time
      dateTime={moment.toISOString()}
      title={absoluteText(moment, language)}
      className={className}
    >
      {textAt(moment, read, language)}
    </time>
  );
}
