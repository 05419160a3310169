import { describe, expect, it } from "vitest";
import { dayIn, daysIn, parseReportQuery, reportParams } from "./range";

const TODAY = "2026-11-27";
const parse = (params: Record<string, string>) => parseReportQuery(params, TODAY);
const ID = "019e6f70-0000-7000-8000-000000000001";

describe("the address of a report", () => {
  it.each<[Record<string, string>, string, string, number | null]>([
    [{}, "2026-10-29", TODAY, 30],
    [{ days: "7" }, "2026-11-21", TODAY, 7],
    [{ days: "90", from: "2026-01-01" }, "2026-08-30", TODAY, 90],
    [{ from: "2026-11-01", until: "2026-11-05" }, "2026-11-01", "2026-11-05", null],
    [{ from: "2026-11-21", until: TODAY }, "2026-11-21", TODAY, 7],
    [{ from: "2026-11-01" }, "2026-11-01", TODAY, null],
    [{ from: "2026-11-01", until: "2027-05-05" }, "2026-11-01", TODAY, null],
    [{ until: "2026-03-31" }, "2026-03-02", "2026-03-31", null],
    [{ from: "2025-11-27", until: TODAY }, "2025-11-27", TODAY, null],
  ])("%j is %s to %s", (params, from, until, days) => {
    const { query, notes } = parse(params);
    expect({ ...query, notes }).toEqual({
      from,
      until,
      days,
      account: null,
      agent: null,
      notes: [],
    });
    const again = Object.fromEntries(
      Object.entries(reportParams(query)).map(([name, value]) => [name, String(value ?? "")]),
    );
    expect(parse(again)).toEqual({ query, notes: [] });
  });

  it.each<[Record<string, string>, string]>([
    [{ days: "8" }, "“8” is no period"],
    [{ from: "yesterday" }, "These days make no period"],
    [{ from: "2026-11-05", until: "2026-11-01" }, "These days make no period"],
    [{ from: "1066-10-14", until: "1066-10-15" }, "These days make no period"],
    [{ from: "2027-01-01" }, "These days make no period"],
    [{ account: "' OR 1=1" }, "Account “' or 1=1” is not known"],
    [{ agent: "somebody" }, "Agent “somebody” is not known"],
  ])("%j is answered with the last 30 days and why", (params, note) => {
    const { query, notes } = parse(params);
    expect(query).toMatchObject({ from: "2026-10-29", until: TODAY, account: null, agent: null });
    expect(notes).toEqual([expect.stringContaining(note)]);
  });

  it("holds a year at most", () => {
    const { query, notes } = parse({ from: "2020-01-01" });
    expect(query.from).toBe("2025-11-27");
    expect(notes[0]).toContain("at most 366 days");
    expect(daysIn(query, "UTC").days).toHaveLength(366);
  });

  it("names an account and an agent", () => {
    expect(parse({ account: ID, agent: "none" }).query).toMatchObject({
      account: ID,
      agent: "none",
    });
  });
});

describe("days of a report", () => {
  it("begin and end on the clock of their zone, whatever it does", () => {
    const { days, bounds } = daysIn({ from: "2026-10-24", until: "2026-10-26" }, "Europe/Berlin");
    expect(days).toEqual(["2026-10-24", "2026-10-25", "2026-10-26"]);
    expect(bounds.map((bound) => bound.toISOString().slice(0, 16))).toEqual([
      ...["2026-10-23T22:00", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-26T23:00"],
    ]);
    expect(dayIn("Asia/Tokyo", new Date("2026-12-31T20:00Z"))).toBe("2027-01-01");
  });
});
