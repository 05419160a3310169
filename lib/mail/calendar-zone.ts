import ICAL from "ical.js";

const OBSERVANCES_MAX = 20;
const YEAR_MIN = 1600;
/** What a rule for the change of clocks may name, and how many of each. */
const RULE_PARTS_MAX = new Map([
  ["BYMONTH", 1],
  ["BYDAY", 1],
  ["BYMONTHDAY", 7],
]);

/** How far the clocks of a place are from UTC at a time they show; in seconds. */
type OffsetAt = (time: ICAL.Time) => number;

/**
 * The time zones that the events of a calendar name: those every system knows by their IANA name,
 * others as the file's own VTIMEZONE describes them (RFC 5545 §3.6.5), which is how Outlook's
 * "W. Europe Standard Time" comes. Rules that would take long to work out are not followed.
 */
export class CalendarZones {
  readonly #known = new Map<string, OffsetAt | null>();

  constructor(private readonly calendar: ICAL.Component) {}

  /** The moment a clock in `zone` shows this time; null when the zone is not known. */
  momentOf(time: ICAL.Time, zone: string): Date | null {
    let offsetAt = this.#known.get(zone);
    if (offsetAt === undefined) {
      offsetAt = ianaZone(zone) ?? this.#described(zone);
      this.#known.set(zone, offsetAt);
    }
    return offsetAt ? new Date(clockMs(time) - offsetAt(time) * 1000) : null;
  }

  #described(zone: string): OffsetAt | null {
    const component = this.calendar
      .getAllSubcomponents("vtimezone")
      .find((each) => each.getFirstPropertyValue("tzid") === zone);
    if (!component || !isQuicklyRead(component)) return null;
    const timezone = new ICAL.Timezone(component);
    return (time) => timezone.utcOffset(time);
  }
}

/** What the clock shows, as if it stood in UTC; in milliseconds. */
export function clockMs({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function ianaZone(zone: string): OffsetAt | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone: zone, hourCycle: "h23" },
      ...{ year: "numeric", month: "numeric", day: "numeric" },
      ...{ hour: "numeric", minute: "numeric", second: "numeric" },
    });
  } catch {
    return null;
  }
  const offsetOf = (ms: number) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const day = Date.UTC(part("year"), part("month") - 1, part("day"));
    return (day - ms) / 1000 + part("hour") * 3600 + part("minute") * 60 + part("second");
  };
  return (time) => {
    const clock = clockMs(time);
    // The offset at about that time, then the one that holds at the moment it leads to.
    return offsetOf(clock - offsetOf(clock) * 1000);
  };
}

function isQuicklyRead(zone: ICAL.Component): boolean {
  const observances = zone.getAllSubcomponents();
  if (observances.length === 0 || observances.length > OBSERVANCES_MAX) return false;
  return observances.every((observance) => {
    const start = observance.getFirstPropertyValue("dtstart");
    if (!(start instanceof ICAL.Time) || start.year < YEAR_MIN) return false;
    if (observance.getAllProperties("rdate").length > OBSERVANCES_MAX) return false;
    const rules = observance.getAllProperties("rrule").map((rule) => rule.getFirstValue());
    return rules.length <= 1 && rules.every(isOnceAYear);
  });
}

function isOnceAYear(rule: unknown): boolean {
  if (!(rule instanceof ICAL.Recur) || rule.freq !== "YEARLY") return false;
  return Object.entries(rule.parts).every(
    ([name, values]) => Array.isArray(values) && values.length <= (RULE_PARTS_MAX.get(name) ?? 0),
  );
}
