// Made once: to make one costs as much as to route a mail.
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** "19 Nov 2026, 16:40 UTC": readable in every time zone, whoever reads the reason. */
export function dateWords(date: Date): string {
  return `${DAY.format(date)}, ${TIME.format(date)} UTC`;
}
