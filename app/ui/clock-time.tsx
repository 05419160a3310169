"use client";

import { useLanguage } from "../words/language-context";
import { useClock } from "./relative-time";
import { absoluteText, clockText } from "./relative-time-text";

/**
 * A moment by the reader's clock: "14:02", with the day where that is not today's. The server, which
 * does not know the reader's time zone, writes it in UTC.
 */
export function ClockTime({ date }: { date: Date | string }) {
  const clock = useClock();
  const language = useLanguage();
  const moment = new Date(date);
  const zone = clock === null ? "UTC" : undefined;
  return (
    <time dateTime={moment.toISOString()} title={absoluteText(moment, language, zone)}>
      {clockText(moment, clock === null ? null : new Date(clock), language)}
    </time>
  );
}
