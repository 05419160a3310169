"use client";

import { useSyncExternalStore } from "react";
import { useLanguage } from "../words/language-context";
import { absoluteText, agoText, spanText } from "./relative-time-text";

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
    }, 5_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const readClock = () => now || Date.now() - (Date.now() % 5_000);
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
  // Just written by a server whose clock is a little ahead: never "in 2 seconds" for what has happened.
  const read = new Date(Math.max(clock, Math.min(moment.getTime(), clock + 5_000)));
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
