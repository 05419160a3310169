import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCalendar } from "./calendar";
import type { MailAttachment } from "./mail";
import { parseMail } from "./parse";

const file = (text: string, fields: Partial<MailAttachment> = {}): MailAttachment => ({
  ...{ filename: "invite.ics", mediaType: "text/calendar", contentId: null, inline: false },
  ...{ size: text.length, content: new TextEncoder().encode(text) },
  range: null,
  ...fields,
});
const read = (...files: MailAttachment[]) => {
  const warnings: string[] = [];
  return { calendar: readCalendar(files, warnings), warnings };
};
const calendar = (...lines: string[]) =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
const event = (...lines: string[]) =>
  ["BEGIN:VEVENT", "UID:1", ...lines, "END:VEVENT"].join("\r\n");
const eventOf = (...lines: string[]) =>
  read(file(calendar(event(...lines)))).calendar?.events[0] ?? null;

describe("an invitation", () => {
  test("says what, when, where and who, in Outlook's own time zone", async () => {
    const raw = readFileSync(new URL("fixtures/invitation.eml", import.meta.url));
    const mail = await parseMail(raw);
    expect(mail.calendar).toEqual({
      method: "request",
      answer: null,
      events: [
        {
          title: "Printer repair, second floor",
          start: { kind: "moment", at: "2026-12-03T09:00:00.000Z" },
          end: { kind: "moment", at: "2026-12-03T10:30:00.000Z" },
          place: "Room 4, Hauptstraße 1",
          organiser: { name: "Jo Doe", address: "jo@customer.example" },
          repeats: "weekly",
          isCancelled: false,
        },
      ],
      eventsLeftOut: 0,
    });
    expect(mail.attachments).toMatchObject([{ mediaType: "text/calendar", inline: false }]);
    expect(mail.warnings).toEqual([]);
  });

  test.each([
    ["DTSTART:20261203T090000Z", { kind: "moment", at: "2026-12-03T09:00:00.000Z" }],
    [
      "DTSTART;TZID=America/New_York:20260703T090000",
      { kind: "moment", at: "2026-07-03T13:00:00.000Z" },
    ],
    [
      'DTSTART;TZID="Europe/Berlin":20261025T013000',
      { kind: "moment", at: "2026-10-24T23:30:00.000Z" },
    ],
    ["DTSTART;VALUE=DATE:20261203", { kind: "day", day: "2026-12-03" }],
    ["DTSTART:20261203T090000", { kind: "clock", time: "2026-12-03T09:00:00", zone: null }],
    [
      "DTSTART;TZID=Moon Base:20261203T090000",
      { kind: "clock", time: "2026-12-03T09:00:00", zone: "Moon Base" },
    ],
  ])("%s is understood", (line, start) => {
    expect(eventOf(line)?.start).toEqual(start);
  });

  test("its end may be a length, and whole days end on the day before the one named", () => {
    expect(eventOf("DTSTART:20261203T090000Z", "DURATION:PT90M")?.end).toEqual({
      ...{ kind: "moment", at: "2026-12-03T10:30:00.000Z" },
    });
    const days = ["DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261206"];
    expect(eventOf(...days)?.end).toEqual({ kind: "day", day: "2026-12-05" });
    const oneDay = ["DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204"];
    expect(eventOf(...oneDay)?.end).toBeNull();
    expect(eventOf("DTSTART:20261203T090000Z", "DTEND;VALUE=DATE:20261204")?.end).toBeNull();
  });

  test("a cancellation, a reply and a counter proposal are told apart", () => {
    const start = "DTSTART:20261203T090000Z";
    const method = (name: string, ...lines: string[]) =>
      read(file(calendar(`METHOD:${name}`, event(start, ...lines)))).calendar;
    expect(method("CANCEL", "STATUS:CANCELLED")).toMatchObject({
      ...{ method: "cancel", events: [{ isCancelled: true }] },
    });
    const attendee = "ATTENDEE;CN=Jo Doe;PARTSTAT=DECLINED:mailto:jo@customer.example";
    expect(method("REPLY", attendee)?.answer).toEqual({ name: "Jo Doe", said: "declined" });
    expect(method("REPLY", "ATTENDEE:mailto:jo@customer.example")?.answer).toEqual({
      ...{ name: "jo@customer.example", said: "unclear" },
    });
    expect(method("COUNTER")?.method).toBe("counter");
    expect(method("PUBLISH")?.method).toBe("publish");
    expect(method("x-unheard-of")?.method).toBe("publish");
  });

  test("its words are one line each, without trickery, and not endless", () => {
    const title = `SUMMARY:a\\nb\u202ec ${"x".repeat(5_000)}`;
    const found = eventOf("DTSTART:20261203T090000Z", title);
    expect(found?.title.startsWith("a bc xxx")).toBe(true);
    expect(found?.title).toHaveLength(300);
  });
});

describe("what is read of a file", () => {
  const start = "DTSTART:20261203T090000Z";

  test("the first twenty events; how many more there are is said", () => {
    const many = calendar(...Array.from({ length: 25 }, (_, n) => event(start, `SUMMARY:${n}`)));
    const found = read(file(many)).calendar;
    expect(found?.events).toHaveLength(20);
    expect(found?.eventsLeftOut).toBe(5);
  });

  test("a file called octet-stream counts by its name, any other does not", () => {
    const text = calendar(event(start));
    const octets = { mediaType: "application/octet-stream" };
    expect(read(file(text, octets)).calendar).not.toBeNull();
    expect(read(file(text, { ...octets, filename: "a.bin" }))).toEqual({
      ...{ calendar: null, warnings: [] },
    });
  });

  test("the second file when the first is broken, without a remark", () => {
    const found = read(file("nonsense"), file(calendar(event(start))));
    expect(found.calendar?.events).toHaveLength(1);
    expect(found.warnings).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["no calendar", "Hello"],
    ["one that never ends", calendar(event(start)).slice(0, -20)],
    ["a card", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo\r\nEND:VCARD"],
    ["one without events", calendar()],
    ["an event without a start", calendar(event("SUMMARY:x"))],
    ["a start in the year 9999", calendar(event("DTSTART:99990101T000000Z"))],
    ["a start of letters", calendar(event("DTSTART:soon"))],
    ["a rule that is none", calendar(event(start, "RRULE:FREQ=SOMETIMES"))],
  ])("%s is a remark, not an error", (_what, text) => {
    expect(read(file(text))).toEqual({
      calendar: null,
      warnings: ["The calendar invite.ics could not be read; it is only attached"],
    });
  });

  test("one of more than 256 KB is a remark", () => {
    const large = file(calendar(event(start, `DESCRIPTION:${"x".repeat(262_144)}`)));
    expect(read(large).warnings).toEqual([
      "The calendar invite.ics is larger than 256 KB; it is only attached",
    ]);
  });
});

describe("a hostile file", () => {
  const zone = (...lines: string[]) =>
    [
      ...["BEGIN:VTIMEZONE", "TZID:Z", "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"],
      ...[...lines, "END:STANDARD", "END:VTIMEZONE"],
    ].join("\r\n");
  const inZone = (...lines: string[]) =>
    calendar(zone(...lines), event("DTSTART;TZID=Z:20261203T090000"));
  const fill = (piece: string) => piece.repeat(Math.floor(260_000 / piece.length));

  test.each([
    ["clocks that change each second", inZone("DTSTART:16010101T000000", "RRULE:FREQ=SECONDLY")],
    [
      "clocks that change each minute of a year",
      inZone(
        "DTSTART:16010101T000000",
        `RRULE:FREQ=YEARLY;BYMINUTE=${Array.from({ length: 60 }, (_, n) => n).join(",")}`,
      ),
    ],
    [
      "clocks that change on the 30th of February",
      inZone("DTSTART:16010101T000000", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    ],
    ["clocks since the year 1", inZone("DTSTART:00010101T000000", "RRULE:FREQ=YEARLY")],
    ["nested components", fill("BEGIN:X\r\n")],
    ["closed components", fill("END:X\r\n")],
    ["parameters", calendar(event(`X-A${fill(";B=C")}:x`))],
    ["quotes", calendar(event(`X-A;B="${fill('"')}:x`))],
    ["values", calendar(event(`CATEGORIES:${fill("a,")}`))],
    ["escapes", calendar(event(`SUMMARY:${fill("\\n")}`))],
    ["folded lines", calendar(event(`SUMMARY:${fill("\r\n x")}`))],
    ["properties", calendar(event(fill("X:1\r\n")))],
    ["dates", calendar(event(`RDATE:${fill("20261203T090000Z,")}`))],
    ["a rule", calendar(event(`RRULE:FREQ=DAILY;BYDAY=${fill("MO,")}`))],
    ["names of objects", calendar(event("CONSTRUCTOR:x", "__PROTO__;__PROTO__=x:y", "TOSTRING:x"))],
  ])("with many %s takes no time", (_what, text) => {
    const started = performance.now();
    read(file(text));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
