"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** "Mon 30 Nov, 09:00": the server writes it in UTC and says so, the browser by its own clock. */
export function WakeText({ date }: { date: Date }) {
  const isBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <time dateTime={date.toISOString()}>
      {isBrowser ? wakeText(date) : `${wakeText(date, "UTC")} UTC`}
    </time>
  );
}

/** A moment of the coming days in few words, in `timeZone` or the browser's own. */
export function wakeText(date: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone },
  }).formatToParts(date);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  const day = `${part("weekday")} ${part("day")} ${part("month")}`;
  return `${day}, ${part("hour")}:${part("minute")}`;
}
