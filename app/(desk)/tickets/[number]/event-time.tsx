"use client";

import { useSyncExternalStore } from "react";
import type { CalendarEvent } from "@/lib/mail/calendar-summary";
import { eventTimeText } from "./event-time-text";

const never = () => () => undefined;

/** When an event is: the server writes it in UTC, the browser in the reader's own way and zone. */
export function EventTime({ event }: { event: Pick<CalendarEvent, "start" | "end"> }) {
  const isBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return eventTimeText(event, isBrowser ? {} : { locale: "en-GB", timeZone: "UTC" });
}
