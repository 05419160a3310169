import ICAL from "ical.js";
import type { Calendar, CalendarEvent, CalendarMoment } from "./calendar-summary";
import { CalendarZones, clockMs } from "./calendar-zone";
import type { MailAttachment } from "./mail";
import { cut, oneLine, withoutTrickery } from "./text";

const BYTES_MAX = 262_144;
const FILES_MAX = 3;
const EVENTS_MAX = 20;
const WORDS_MAX = 300;
const YEAR_MIN = 1970;
const YEAR_MAX = 2100;
const DAY_MS = 86_400_000;

/**
 * What the calendar file of a mail is about (RFC 5545, RFC 5546): an invitation, an answer to one,
 * a cancellation. Reads the first file with an event among the first three, each up to 256 KB, and
 * of it the first 20 events. A file that cannot be read stays an attachment, and `warnings` says so.
 * Never throws.
 */
export function readCalendar(
  attachments: readonly MailAttachment[],
  warnings: string[],
): Calendar | null {
  let trouble: string | null = null;
  for (const file of attachments.filter(isCalendar).slice(0, FILES_MAX)) {
    if (file.content.length > BYTES_MAX) {
      trouble ??= `The calendar ${file.filename} is larger than 256 KB; it is only attached`;
      continue;
    }
    const calendar = readFile(file.content);
    if (calendar) return calendar;
    trouble ??= `The calendar ${file.filename} could not be read; it is only attached`;
  }
  if (trouble) warnings.push(trouble);
  return null;
}

function isCalendar({ mediaType, filename }: MailAttachment): boolean {
  if (mediaType === "text/calendar" || mediaType === "application/ics") return true;
  return mediaType === "application/octet-stream" && /\.ics$/i.test(filename);
}

function readFile(bytes: Uint8Array): Calendar | null {
  try {
    const parsed: unknown[] = ICAL.parse(new TextDecoder().decode(bytes));
    // One calendar, or a list when the file holds several.
    const first = Array.isArray(parsed[0]) ? parsed[0] : parsed;
    const component = new ICAL.Component(first);
    // The library throws over a time zone without its name.
    for (const zone of component.getAllSubcomponents("vtimezone"))
      if (!zone.getFirstProperty("tzid")) component.removeSubcomponent(zone);
    return component.name === "vcalendar" ? summarise(component) : null;
  } catch {
    return null;
  }
}

function summarise(calendar: ICAL.Component): Calendar | null {
  const zones = new CalendarZones(calendar);
  const components = calendar.getAllSubcomponents("vevent");
  const events = components
    .slice(0, EVENTS_MAX)
    .map((component) => eventOf(component, zones))
    .filter((event) => event !== null);
  const [first] = components;
  if (!first || events.length === 0) return null;
  const method = methodOf(calendar);
  return {
    method,
    answer: method === "reply" ? answerOf(first) : null,
    events,
    eventsLeftOut: components.length - events.length,
  };
}

function methodOf(calendar: ICAL.Component): Calendar["method"] {
  switch (words(calendar, "method").toLowerCase()) {
    case "request":
    case "add":
      return "request";
    case "reply":
      return "reply";
    case "cancel":
      return "cancel";
    case "counter":
      return "counter";
    default:
      return "publish";
  }
}

/** A reply names one attendee: the one who answers (RFC 5546 §3.2.3). */
function answerOf(event: ICAL.Component): Calendar["answer"] {
  const attendee = event.getFirstProperty("attendee");
  const person = personOf(attendee);
  if (!attendee || !person) return null;
  const said = String(attendee.getParameter("partstat") ?? "").toLowerCase();
  return {
    name: person.name || person.address,
    said:
      said === "accepted" || said === "declined" || said === "tentative" || said === "delegated"
        ? said
        : "unclear",
  };
}

function eventOf(component: ICAL.Component, zones: CalendarZones): CalendarEvent | null {
  const start = momentOf(component.getFirstProperty("dtstart"), zones);
  if (!start) return null;
  return {
    title: words(component, "summary"),
    start,
    end: endOf(component, start, zones),
    place: words(component, "location"),
    organiser: personOf(component.getFirstProperty("organizer")),
    repeats: repeatsOf(component),
    isCancelled: words(component, "status").toLowerCase() === "cancelled",
  };
}

function momentOf(property: ICAL.Property | null, zones: CalendarZones): CalendarMoment | null {
  const time = property?.getFirstValue();
  if (!(time instanceof ICAL.Time) || Number.isNaN(clockMs(time))) return null;
  if (time.year < YEAR_MIN || time.year > YEAR_MAX) return null;
  const clock = new Date(clockMs(time)).toISOString();
  if (time.isDate) return { kind: "day", day: clock.slice(0, 10) };
  if (time.zone === ICAL.Timezone.utcTimezone) return { kind: "moment", at: clock };
  const zone = property?.getFirstParameter("tzid") || null;
  const moment = zone === null ? null : zones.momentOf(time, zone);
  if (moment) return { kind: "moment", at: moment.toISOString() };
  return { kind: "clock", time: clock.slice(0, 19), zone: zone === null ? null : shown(zone) };
}

function endOf(
  component: ICAL.Component,
  start: CalendarMoment,
  zones: CalendarZones,
): CalendarMoment | null {
  const end = momentOf(component.getFirstProperty("dtend"), zones);
  if (end?.kind === "day" && start.kind === "day") {
    // The file names the day after the last (RFC 5545 §3.6.1).
    const last = new Date(Date.parse(end.day) - DAY_MS).toISOString().slice(0, 10);
    return last > start.day ? { kind: "day", day: last } : null;
  }
  if (end) return end.kind === start.kind ? end : null;
  const duration = component.getFirstPropertyValue("duration");
  if (!(duration instanceof ICAL.Duration) || start.kind !== "moment") return null;
  const at = new Date(Date.parse(start.at) + duration.toSeconds() * 1000);
  return Number.isNaN(at.getTime()) ? null : { kind: "moment", at: at.toISOString() };
}

function personOf(property: ICAL.Property | null): CalendarEvent["organiser"] {
  const value = property?.getFirstValue();
  if (typeof value !== "string") return null;
  const address = shown(value.replace(/^mailto:/i, ""));
  const name = shown(String(property?.getFirstParameter("cn") ?? ""));
  return name || address ? { name, address } : null;
}

function repeatsOf(component: ICAL.Component): CalendarEvent["repeats"] {
  const rule = component.getFirstPropertyValue("rrule");
  if (!(rule instanceof ICAL.Recur)) return null;
  switch (rule.freq) {
    case "DAILY":
      return "daily";
    case "WEEKLY":
      return "weekly";
    case "MONTHLY":
      return "monthly";
    case "YEARLY":
      return "yearly";
    default:
      return "often";
  }
}

function words(component: ICAL.Component, name: string): string {
  const value = component.getFirstPropertyValue(name);
  return typeof value === "string" ? shown(value) : "";
}

function shown(text: string): string {
  return cut(oneLine(withoutTrickery(cut(text, WORDS_MAX * 2))), WORDS_MAX);
}
