import { expect, test } from "vitest";
import { parseMailDate } from "./date";

const cases: [string, string | null][] = [
  ["Sun, 22 Nov 2026 10:05:30 +0000", "2026-11-22T10:05:30.000Z"],
  ["22 Nov 2026 10:05 -0500", "2026-11-22T15:05:00.000Z"],
  ["Sun, 22 Nov 2026 10:05:30 +0530 (IST)", "2026-11-22T04:35:30.000Z"],
  ["Sun, 22 Nov 26 10:05:30 EST", "2026-11-22T15:05:30.000Z"],
  ["Sun, 22 Nov 99 10:05:30 GMT", "1999-11-22T10:05:30.000Z"],
  ["Sun Nov 22 10:05:30 2026", "2026-11-22T10:05:30.000Z"],
  ["2026-11-22T10:05:30Z", "2026-11-22T10:05:30.000Z"],
  ["Sun, 22 Nov 2026 10:05:60 +0000", "2026-11-22T10:05:59.000Z"],
  ["So, 22 November 2026 10:05:30 +0100", "2026-11-22T09:05:30.000Z"],
  ["Sun, 22 Nov 2026 at 10:05", "2026-11-22T10:05:00.000Z"],
  ["Sunday, November 22, 2026 10:05 PM", "2026-11-22T22:05:00.000Z"],
  ["Nov 22, 2026, at 12:05 AM", "2026-11-22T00:05:00.000Z"],
  ["Mon, 1 Jan 0001 00:00:00 +0000", null],
  ["Fri, 31 Dec 9999 23:59:59 +0000", null],
  ["Sat, 13 Sep 275760 00:00:00 +0000", null],
  ["Wed, 31 Dec 1969 10:00:00 +0000", null],
  ["yesterday", null],
  ["order 12", null],
  ["", null],
  ["32 Nov 2026 10:05:30 +0000", null],
];
test.each(cases)("the date %j is %s", (header, iso) => {
  expect(parseMailDate(header)?.toISOString() ?? null).toBe(iso);
});
