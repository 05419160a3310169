import { z } from "zod";

/** When something is: a moment in UTC (ISO 8601), a whole day, or a clock's time in a place. */
const momentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("moment"), at: z.string() }),
  z.object({ kind: z.literal("day"), day: z.string() }),
  // RFC 5545 §3.3.5: a time without a zone, or in one that the calendar does not explain.
  z.object({ kind: z.literal("clock"), time: z.string(), zone: z.string().nullable() }),
]);

const eventSchema = z.object({
  title: z.string(),
  start: momentSchema,
  /** Of whole days the last one, unlike in the file. */
  end: momentSchema.nullable(),
  place: z.string(),
  organiser: z.object({ name: z.string(), address: z.string() }).nullable(),
  repeats: z.enum(["daily", "weekly", "monthly", "yearly", "often"]).nullable(),
  isCancelled: z.boolean(),
});

/** What a calendar file in a mail is about, as it is kept beside the message. */
export const calendarSchema = z.object({
  /** RFC 5546 §1.4: what the sender wants with it. */
  method: z.enum(["request", "reply", "cancel", "counter", "publish"]),
  /** Of a reply: who answers, and what. */
  answer: z
    .object({
      name: z.string(),
      said: z.enum(["accepted", "declined", "tentative", "delegated", "unclear"]),
    })
    .nullable(),
  events: z.array(eventSchema),
  /** How many more events the file holds. */
  eventsLeftOut: z.number(),
});

export type CalendarMoment = z.infer<typeof momentSchema>;
export type CalendarEvent = z.infer<typeof eventSchema>;
export type Calendar = z.infer<typeof calendarSchema>;

/** The text of a mail that is nothing but a calendar file: what, when, where and who, of its first event. */
export function calendarText({ events: [event] }: Calendar): string {
  if (!event) return "";
  const { title, start, end, place, organiser } = event;
  const who = organiser?.address || organiser?.name;
  const lines = [
    `Calendar entry: ${title || "without a title"}`,
    `When: ${momentText(start)}${end ? ` to ${momentText(end)}` : ""}`,
    place && `Where: ${place}`,
    who && `Organiser: ${who}`,
  ];
  return lines.filter(Boolean).join("\n");
}

function momentText(moment: CalendarMoment): string {
  switch (moment.kind) {
    case "moment":
      return `${moment.at.slice(0, 16).replace("T", " ")} UTC`;
    case "day":
      return moment.day;
    case "clock":
      return `${moment.time.slice(0, 16).replace("T", " ")}${moment.zone ? ` (${moment.zone})` : ""}`;
    default:
      return moment satisfies never;
  }
}
