import { describe, expect, it } from "vitest";
import {
  EVERY_OPEN_TICKET,
  firstPageString,
  isFiltered,
  parseTicketAddress,
  parseTicketQuery,
  ticketQueryString,
} from "./query";

const ID = "0198d3a4-5b6c-7d8e-9f00-112233445566";

function parse(address: string) {
  const params: Record<string, string | string[]> = {};
  for (const name of new Set(new URLSearchParams(address).keys())) {
    const all = new URLSearchParams(address).getAll(name);
    params[name] = all.length > 1 ? all : (all[0] ?? "");
  }
  return parseTicketQuery(params);
}

describe("the address of a ticket list", () => {
  it("shows every open ticket when it says nothing", () => {
    expect(parse("")).toEqual({ query: EVERY_OPEN_TICKET, notes: [] });
    expect(ticketQueryString(EVERY_OPEN_TICKET)).toBe("");
  });

  it.each([
    "view=spam",
    "source=EMAIL",
    "status=OPEN%2CPENDING",
    "assignee=me",
    "priority=HIGH%2CURGENT&tag=R%C3%BCcksendung",
    "created=2026-11-01..2026-11-05&updated=7d",
    "created=..2026-11-05&updated=2026-11-05",
    "due=soon",
    "status=OPEN&due=overdue",
    `view=snoozed&sort=wait&after=u1767603600000_${ID}`,
    `sort=wait&before=c1767603600000_${ID}`,
    `view=all&source=WEB&status=SOLVED&assignee=${ID}&account=${ID}`,
    "requester=marta%40oliveira.example&q=blade+%22210+mm%22+100%25",
    `after=1767603600000_${ID}`,
    `view=waiting&before=1767603600000_${ID}`,
  ])("is read back as it was written: %s", (address) => {
    const { query, notes } = parse(address);
    expect(notes).toEqual([]);
    expect(ticketQueryString(query)).toBe(address);
  });

  it("takes several statuses, repeated or listed, in their own order and once each", () => {
    expect(parse("status=SOLVED&status=open,solved").query.statuses).toEqual(["OPEN", "SOLVED"]);
  });

  it("takes words in any case", () => {
    const { query, notes } = parse("source=email&view=My-Open&assignee=NONE");
    expect(query).toMatchObject({ source: "EMAIL", view: "my-open", assignee: "none" });
    expect(notes).toEqual([]);
  });

  it.each([
    ["source=FAX", { part: "source", value: "FAX" }],
    ["status=OPEN,LOST", { part: "status", value: "LOST" }],
    ["priority=3", { part: "priority", value: "3" }],
    ["created=2026-02-31", { part: "created", value: "2026-02-31" }],
    ["updated=5..1", { part: "updated", value: "5..1" }],
    ["due=never", { part: "due", value: "never" }],
    ["sort=fastest", { part: "sort", value: "fastest" }],
    [`after=u1_${ID}`, { part: "page", value: `u1_${ID}`.slice(0, 40) }],
    ["view=toString", { part: "view", value: "toString" }],
    ["assignee=nora", { part: "assignee", value: "nora" }],
    ["account='%20OR%201=1", { part: "account", value: "' OR 1=1" }],
    ["after=yesterday", { part: "page", value: "yesterday" }],
    [`after=1_${ID}x`, { part: "page", value: `1_${ID}x`.slice(0, 40) }],
  ])("leaves out what it does not know and says so: %s", (address, note) => {
    const { query, notes } = parse(address);
    expect(notes).toEqual([note]);
    expect(query.after).toBeNull();
    expect(isFiltered({ ...query, statuses: [] })).toBe(false);
  });

  it("ignores empty fields, as a form without JavaScript sends them", () => {
    expect(parse("view=&source=&status=&assignee=&account=&requester=&q=&after=")).toEqual({
      query: EVERY_OPEN_TICKET,
      notes: [],
    });
  });

  it("keeps what is searched for short, on one line and storable", () => {
    const { query } = parse(`q=${encodeURIComponent(`a\u0000b\r\n c${"x".repeat(500)}`)}`);
    expect(query.q).toMatch(/^a b c+x+$/);
    expect(query.q.length).toBe(200);
  });

  it.each([
    ["created=&createdFrom=2026-11-01&createdUntil=2026-11-05", "created=2026-11-01..2026-11-05"],
    ["createdFrom=2026-11-05&createdUntil=2026-11-05", "created=2026-11-05"],
    ["updatedFrom=2026-11-01&updatedUntil=", "updated=2026-11-01.."],
    ["updated=&updatedFrom=&updatedUntil=2026-11-05", "updated=..2026-11-05"],
    ["updated=7d&updatedFrom=2026-11-01", "updated=7d"],
    ["updated=&updatedFrom=&updatedUntil=", ""],
  ])("puts the days of a form together: %s", (address, short) => {
    const { query, notes } = parse(address);
    expect([ticketQueryString(query), notes]).toEqual([short, []]);
  });

  it("says so when the days of a form make no range", () => {
    expect(parse("createdFrom=2026-11-05&createdUntil=2026-11-01").notes).toEqual([
      { part: "created", value: "2026-11-05..2026-11-01" },
    ]);
  });

  it.each([
    ["q", { part: "search", charsMax: 200 }],
    ["requester", { part: "requester", charsMax: 254 }],
    ["tag", { part: "tag", charsMax: 50 }],
  ])("cuts ten thousand characters of %s and says so", (name, note) => {
    const { query, notes } = parse(`${name}=${"x".repeat(10_000)}`);
    expect(notes).toEqual([note]);
    expect(ticketQueryString(query).length).toBeLessThan(300);
  });

  it("is read from a whole address too, and its first page is written without a place", () => {
    const { query } = parseTicketAddress(`view=all&tag=x&after=5_${ID}`);
    expect(query.after).toEqual({ time: 5, id: ID });
    expect(firstPageString(query)).toBe("view=all&tag=x");
  });

  it("follows one cursor when there are two", () => {
    const { query } = parse(`after=5_${ID}&before=6_${ID}`);
    expect(query.after).toEqual({ time: 5, id: ID });
    expect(query.before).toBeNull();
  });
});
