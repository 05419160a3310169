import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createContact, createTicket, createUser } from "../testing/factories";
import type { Actor } from "../tickets/access";
import { CSV_BEGIN } from "./csv";
import type { ReportQuery } from "./range";
import { deskZone, readReport } from "./report";
import { type CsvKind, reportCsv } from "./report-csv";

useTestDatabase();

const ZONE = "Europe/Berlin";
let ada: Actor;
let ben: Actor;
let sales = "";
let support = "";

const week: ReportQuery = {
  ...{ from: "2026-11-23", until: "2026-11-25", days: null, account: null, agent: null },
};

beforeEach(async () => {
  await emptyDatabase(db().pool);
  ada = { id: (await createUser({ name: "Ada" })).id, role: "AGENT" };
  ben = { id: (await createUser({ name: "Ben" })).id, role: "AGENT" };
  sales = (await createAccount({ email: "sales@desk.example" })).id;
  support = (await createAccount({ email: "support@desk.example", isDefault: true })).id;
});

type Fields = NonNullable<Parameters<typeof createTicket>[0]>;
const opened = (createdAt: string, fields: Fields = {}) =>
  createTicket({ createdAt: new Date(createdAt), accountId: support, ...fields });
const solved = (
  createdAt: string,
  solvedAt: string,
  resolutionSeconds: number,
  fields: Fields = {},
) =>
  opened(createdAt, {
    status: "SOLVED",
    solvedAt: new Date(solvedAt),
    resolutionSeconds,
    ...fields,
  });

const read = (query: Partial<ReportQuery> = {}) => readReport(ada, { ...week, ...query }, ZONE);
const days = async (query: Partial<ReportQuery> = {}) =>
  (await read(query)).days.map(({ day, ...counts }) => [day.slice(8), ...Object.values(counts)]);

describe("days of a report", () => {
  it("say what came in, was solved and was left, on the desk's clock", async () => {
    await opened("2026-11-01T12:00Z");
    // Half past midnight in Berlin: the 24th already.
    await solved("2026-11-23T08:00Z", "2026-11-23T23:30Z", 60);
    await solved("2026-11-23T23:30Z", "2026-11-24T10:00Z", 60);
    await opened("2026-11-24T12:00Z", { status: "PENDING" });
    // Solved after these days, and opened after them.
    await solved("2026-11-25T12:00Z", "2026-11-26T12:00Z", 60);
    await solved("2026-11-26T09:00Z", "2026-11-26T12:00Z", 60);
    await opened("2026-11-27T09:00Z");
    expect(await days()).toEqual([
      ["23", 1, 0, 2],
      ["24", 2, 2, 2],
      ["25", 1, 0, 3],
    ]);
  });

  it("leave out spam, robots, and what is merged or deleted", async () => {
    const into = await opened("2026-11-24T12:00Z");
    await opened("2026-11-24T12:00Z", { isSpam: true });
    await opened("2026-11-24T12:00Z", { isAutomatic: true });
    await opened("2026-11-24T12:00Z", { deletedAt: new Date() });
    await opened("2026-11-24T12:00Z", { mergedIntoId: into.id, status: "CLOSED" });
    expect(await days()).toEqual([
      ["23", 0, 0, 0],
      ["24", 1, 0, 1],
      ["25", 0, 0, 1],
    ]);
  });

  it("can be of one account, of one agent, of nobody", async () => {
    await opened("2026-11-24T12:00Z", { accountId: sales, assigneeId: ada.id });
    await opened("2026-11-24T12:00Z", { assigneeId: ben.id });
    await opened("2026-11-24T12:00Z");
    const last = async (query: Partial<ReportQuery>) => (await days(query)).at(-1);
    expect(await last({ account: sales })).toEqual(["25", 0, 0, 1]);
    expect(await last({ agent: ben.id })).toEqual(["25", 0, 0, 1]);
    expect(await last({ agent: "none", account: sales })).toEqual(["25", 0, 0, 0]);
    expect(await last({ agent: "none" })).toEqual(["25", 0, 0, 1]);
  });
});

describe("how long it took", () => {
  it("is the median and what nine of ten need, by account and agent", async () => {
    for (let n = 1; n <= 11; n++)
      await opened("2026-11-24T12:00Z", { assigneeId: ada.id, firstResponseSeconds: n * 60 });
    await solved("2026-11-01T12:00Z", "2026-11-24T12:00Z", 7200, { accountId: sales });
    await opened("2026-11-24T12:00Z", { assigneeId: ben.id });
    const { total, accounts, agents } = await read();
    expect(total).toEqual({
      ...{ opened: 12, solved: 1 },
      firstResponse: { count: 11, median: 360, p90: 600 },
      resolution: { count: 1, median: 7200, p90: 7200 },
    });
    const none = { count: 0, median: null, p90: null };
    expect(accounts.map(({ name, opened, solved }) => [name, opened, solved])).toEqual([
      ["sales@desk.example", 0, 1],
      ["support@desk.example", 12, 0],
    ]);
    expect(agents.map(({ name, opened }) => [name, opened])).toEqual([
      ["Ada", 11],
      ["Ben", 1],
      ["Nobody", 0],
    ]);
    expect(agents[1]).toMatchObject({ firstResponse: none, resolution: none });
  });

  it("is said to be partial while older tickets are looked up", async () => {
    expect((await read()).isPartial).toBe(false);
    await opened("2026-11-24T12:00Z", { status: "CLOSED" });
    expect((await read()).isPartial).toBe(true);
  });
});

describe("a report", () => {
  it("of an empty desk is empty", async () => {
    const { total, accounts, agents } = await read();
    expect(total).toMatchObject({ opened: 0, solved: 0, firstResponse: { median: null } });
    expect([...accounts, ...agents]).toEqual([]);
  });

  it("is not for customers", async () => {
    const customer: Actor = { id: ada.id, role: "CUSTOMER" };
    await expect(readReport(customer, week, ZONE)).rejects.toMatchObject({ code: "forbidden" });
    expect(() => reportCsv(customer, "tickets", { query: week, zone: ZONE })).toThrow(
      "Only agents",
    );
  });

  it("counts days by the clock of the default account", async () => {
    const timeZone = "Pacific/Auckland";
    await db().prisma.accountTime.create({ data: { accountId: support, timeZone } });
    expect(await deskZone()).toBe(timeZone);
  });
});

describe("as CSV", () => {
  const csv = async (kind: CsvKind) => {
    let text = "";
    for await (const piece of reportCsv(ada, kind, { query: week, zone: ZONE })) text += piece;
    expect(text.startsWith(CSV_BEGIN)).toBe(true);
    return text.slice(1).split("\r\n");
  };

  it("tickets come with their times, and formulas as text", async () => {
    const requesterId = (await createContact({ email: "=cmd@customer.example" })).id;
    const createdAt = "2026-11-24T12:00Z";
    await solved(createdAt, "2026-11-24T14:00Z", 5400, {
      ...{ subject: '=HYPERLINK("http://evil.test")', requesterId, assigneeId: ada.id },
    });
    const [head, line, ...rest] = await csv("tickets");
    expect(head).toContain("Number,Subject,Status");
    expect(line).toBe(
      `1,"'=HYPERLINK(""http://evil.test"")",SOLVED,NORMAL,support@desk.example,Ada,'=cmd@customer.example,2026-11-24 12:00:00,,,2026-11-24 14:00:00,1.5`,
    );
    expect(rest).toEqual([""]);
  });

  it("more tickets than are read at once come once each, in order", async () => {
    await db().pool.query(
      `INSERT INTO "Ticket" ("id", "subject", "source", "createdAt", "updatedAt")
       SELECT gen_random_uuid(), 'Lamp', 'EMAIL', '2026-11-24T12:00Z'::timestamptz + make_interval(secs => n / 3), now() FROM generate_series(1, 2500) n`,
    );
    const numbers = (await csv("tickets")).slice(1, -1).map((line) => line.split(",")[0]);
    expect(new Set(numbers).size).toBe(2500);
  });

  it("days and agents come as the page shows them", async () => {
    await opened("2026-11-24T12:00Z", { assigneeId: ada.id, firstResponseSeconds: 5400 });
    expect(await csv("days")).toEqual([
      ...["Day,In,Solved,Backlog", "2026-11-23,0,0,0", "2026-11-24,1,0,1", "2026-11-25,0,0,1", ""],
    ]);
    expect((await csv("agents"))[1]).toBe("Ada,1,0,1,1.5,1.5,0,,");
  });
});
