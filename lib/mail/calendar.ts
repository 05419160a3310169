import type { MailAttachment } from "./mail";
import { cut, oneLine } from "./text";

const CALENDAR_BYTES_MAX = 262_144;
const VALUE_LENGTH_MAX = 500;
const PROPERTY = /^(SUMMARY|DTSTART|DTEND|LOCATION|ORGANIZER)((?:;[^:\r\n]{0,300})?):(.{0,2000})$/i;

/**
 * What a mail that is nothing but a calendar entry (RFC 5545) is about: title, time, place and who
 * invites, of its first event. "" when none of the attachments is a calendar.
 */
export function readInvitation(attachments: readonly MailAttachment[]): string {
  const calendar = attachments.find(({ mediaType }) => mediaType === "text/calendar");
  if (calendar === undefined) return "";
  const values = eventValues(calendar.content);
  const start = values.get("DTSTART");
  const end = values.get("DTEND");
  const lines = [
    `Calendar entry: ${values.get("SUMMARY") || "without a title"}`,
    start && `When: ${start}${end ? ` to ${end}` : ""}`,
    values.get("LOCATION") && `Where: ${values.get("LOCATION")}`,
    values.get("ORGANIZER") && `Organiser: ${values.get("ORGANIZER")}`,
  ];
  return lines.filter(Boolean).join("\n");
}

/** The first of each property from the first event on; without an event, from the top. */
function eventValues(content: Uint8Array): Map<string, string> {
  const text = Buffer.from(content.subarray(0, CALENDAR_BYTES_MAX)).toString("utf8");
  // RFC 5545 §3.1: a line goes on behind a line end and one space or tab.
  const whole = text.replace(/\r?\n[ \t]/g, "");
  const event = whole.search(/^BEGIN:VEVENT/im);
  const values = new Map<string, string>();
  for (const line of whole.slice(Math.max(event, 0)).split(/\r?\n/)) {
    if (/^END:VEVENT/i.test(line)) break;
    const match = PROPERTY.exec(line);
    if (match === null) continue;
    const [, name = "", parameters = "", value = ""] = match;
    const key = name.toUpperCase();
    if (!values.has(key)) values.set(key, shown(key, parameters, value));
  }
  return values;
}

function shown(name: string, parameters: string, value: string): string {
  if (name.startsWith("DT")) return moment(value, parameters);
  const plain = value.replace(/\\n/gi, " ").replace(/\\([,;\\])/g, "$1");
  return cut(
    oneLine(name === "ORGANIZER" ? plain.replace(/^mailto:/i, "") : plain),
    VALUE_LENGTH_MAX,
  );
}

/** `20261124T100000Z` as `2026-11-24 10:00 UTC`; the zone is named, not converted. */
function moment(value: string, parameters: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?/i.exec(value.trim());
  if (match === null) return cut(oneLine(value), 40);
  const [, year, month, day, hour, minute, utc] = match;
  const time = hour === undefined ? "" : ` ${hour}:${minute}`;
  const zone = /;TZID="?([^";:]{1,60})/i.exec(parameters)?.[1];
  const named = utc ? " UTC" : zone && hour !== undefined ? ` (${oneLine(zone)})` : "";
  return `${year}-${month}-${day}${time}${named}`;
}
