import { db } from "../db/client";
import { Prisma } from "../db/generated/client";
import { type Actor, requireDesk } from "../tickets/access";
import { CSV_BEGIN, type CsvValue, csvLine } from "./csv";
import { daysIn, type ReportQuery } from "./range";
import { counted, type ReportGroup, readReport, type Spread } from "./report";

export const CSV_KINDS = ["days", "accounts", "agents", "tickets"] as const;
export type CsvKind = (typeof CSV_KINDS)[number];

/** Tickets read at once: a file of a million of them is never in memory. */
const PAGE = 1_000;

/**
 * A report as a CSV file, piece by piece: its days, accounts or agents, or each ticket that came in.
 * Times are in hours of business time, moments in UTC.
 * @throws AppError "forbidden" for customers, before the first piece.
 */
export function reportCsv(
  viewer: Actor,
  kind: CsvKind,
  { query, zone }: { query: ReportQuery; zone: string },
): AsyncGenerator<string> {
  requireDesk(viewer);
  return kind === "tickets" ? ticketLines(query, zone) : figureLines(viewer, kind, { query, zone });
}

async function* figureLines(
  viewer: Actor,
  kind: Exclude<CsvKind, "tickets">,
  { query, zone }: { query: ReportQuery; zone: string },
): AsyncGenerator<string> {
  const report = await readReport(viewer, query, zone);
  if (kind === "days") {
    yield CSV_BEGIN + csvLine(["Day", "In", "Solved", "Backlog"]);
    for (const { day, opened, solved, backlog } of report.days)
      yield csvLine([day, opened, solved, backlog]);
    return;
  }
  const spreads = ["First response", "Resolution"].flatMap((what) =>
    ["tickets", "median hours", "p90 hours"].map((figure) => `${what}, ${figure}`),
  );
  const who = kind === "accounts" ? "Account" : "Agent";
  yield CSV_BEGIN + csvLine([who, "In", "Solved", ...spreads]);
  for (const group of report[kind]) yield csvLine(groupCells(group));
}

function groupCells({ name, opened, solved, firstResponse, resolution }: ReportGroup): CsvValue[] {
  const cells = ({ count, median, p90 }: Spread) => [count, hours(median), hours(p90)];
  return [name, opened, solved, ...cells(firstResponse), ...cells(resolution)];
}

const hours = (seconds: number | null) =>
  seconds === null ? null : Math.round((seconds / 3600) * 100) / 100;

type TicketLine = {
  id: string;
  number: number;
  subject: string;
  status: string;
  priority: string;
  account: string | null;
  agent: string | null;
  requester: string | null;
  createdAt: Date;
  firstResponseAt: Date | null;
  firstResponseSeconds: number | null;
  solvedAt: Date | null;
  resolutionSeconds: number | null;
};

const TICKET_HEAD = [
  ...["Number", "Subject", "Status", "Priority", "Account", "Agent", "Requester"],
  ...["Created (UTC)", "First response (UTC)", "First response hours"],
  ...["Solved (UTC)", "Resolution hours"],
];

async function* ticketLines(query: ReportQuery, zone: string): AsyncGenerator<string> {
  yield CSV_BEGIN + csvLine(TICKET_HEAD);
  const { bounds } = daysIn(query, zone);
  let last: Pick<TicketLine, "createdAt" | "id"> | undefined;
  do {
    const rows = await ticketPage(query, bounds, last);
    if (rows.length > 0) yield rows.map(ticketLine).join("");
    last = rows.length === PAGE ? rows.at(-1) : undefined;
  } while (last);
}

function ticketLine(row: TicketLine): string {
  return csvLine([
    ...[row.number, row.subject, row.status, row.priority, row.account, row.agent, row.requester],
    ...[row.createdAt, row.firstResponseAt, hours(row.firstResponseSeconds)],
    ...[row.solvedAt, hours(row.resolutionSeconds)],
  ]);
}

function ticketPage(
  query: ReportQuery,
  bounds: Date[],
  last: Pick<TicketLine, "createdAt" | "id"> | undefined,
): Promise<TicketLine[]> {
  const after = last
    ? Prisma.sql`AND t."createdAt" >= ${last.createdAt} AND (t."createdAt", t."id") > (${last.createdAt}, ${last.id}::uuid)`
    : Prisma.empty;
  return db().prisma.$queryRaw<TicketLine[]>`
    SELECT t."id", t."number", t."subject", t."status"::text AS "status", t."priority"::text AS "priority",
      a."email"::text AS "account", u."name" AS "agent", c."email"::text AS "requester", t."createdAt",
      t."firstResponseAt", t."firstResponseSeconds", t."solvedAt", t."resolutionSeconds"
    FROM (SELECT * FROM "Ticket" t WHERE t."createdAt" >= ${bounds[0]} AND t."createdAt" < ${bounds.at(-1)} AND ${counted(query)} ${after}
      ORDER BY t."createdAt", t."id" LIMIT ${PAGE}) t
    LEFT JOIN "EmailAccount" a ON a."id" = t."accountId"
    LEFT JOIN "User" u ON u."id" = t."assigneeId"
    LEFT JOIN "Contact" c ON c."id" = t."requesterId"
    ORDER BY t."createdAt", t."id"`;
}
