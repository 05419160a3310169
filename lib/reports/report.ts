import { db } from "../db/client";
import { Prisma } from "../db/generated/client";
import { type Actor, requireDesk } from "../tickets/access";
import { isTimeZone } from "../zoned-time";
import { daysIn, type ReportQuery } from "./range";

export type ReportDay = { day: string; opened: number; solved: number; backlog: number };

/** How long it took, in seconds of business time; null where nothing was measured. */
export type Spread = { count: number; median: number | null; p90: number | null };

export type ReportGroup = {
  /** null: tickets without an account, or that nobody has */
  id: string | null;
  name: string;
  opened: number;
  solved: number;
  firstResponse: Spread;
  resolution: Spread;
};

export type Report = {
  days: ReportDay[];
  total: Omit<ReportGroup, "id" | "name">;
  accounts: ReportGroup[];
  agents: ReportGroup[];
  /** Tickets done before times were kept are still being looked up. */
  isPartial: boolean;
};

/** The clock that days are counted by: that of the default account, or else of this machine. */
export async function deskZone(): Promise<string> {
  const account = await db().prisma.emailAccount.findFirst({
    where: { isDefault: true },
    select: { time: { select: { timeZone: true } } },
  });
  const zone = account?.time?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isTimeZone(zone) ? zone : "UTC";
}

/**
 * What came in, was solved and was left on each day, and how long it took: the first response of
 * tickets that came in, the resolution of those that were solved in these days. Without spam, automatic
 * mail, merged and deleted tickets. Reads indexes of the days asked for, and of those since.
 * @throws AppError "forbidden" for customers.
 */
export async function readReport(viewer: Actor, query: ReportQuery, zone: string): Promise<Report> {
  requireDesk(viewer);
  const { days, bounds } = daysIn(query, zone);
  const [opened, solved, left, openedBy, solvedBy, partial, names] = await Promise.all([
    perDay("createdAt", bounds, query),
    perDay("solvedAt", bounds, query),
    leftAt(bounds.at(-1) ?? new Date(), query),
    perGroup("createdAt", bounds, query),
    perGroup("solvedAt", bounds, query),
    isPartial(),
    namesOf(),
  ]);
  const groups = (kind: "account" | "agent") => groupsOf(kind, openedBy, solvedBy, names[kind]);
  const total = groupOf("total", null, openedBy, solvedBy);
  return {
    days: withBacklog(days, { opened, solved, left }),
    ...{ total, accounts: groups("account"), agents: groups("agent"), isPartial: partial },
  };
}

/** Whom a report can be about. */
export async function reportChoices(viewer: Actor) {
  requireDesk(viewer);
  const { account, agent } = await namesOf();
  const listed = (names: Map<string, string>) => [...names].map(([id, name]) => ({ id, name }));
  return { accounts: listed(account), agents: listed(agent) };
}

/** SQL: tickets that count, of one account or agent where the query names them; on "Ticket" t. */
export function counted({ account, agent }: Pick<ReportQuery, "account" | "agent">): Prisma.Sql {
  const all = [
    Prisma.sql`NOT t."isSpam" AND t."mergedIntoId" IS NULL AND t."deletedAt" IS NULL AND NOT t."isAutomatic"`,
  ];
  if (account) all.push(Prisma.sql`t."accountId" = ${account}::uuid`);
  if (agent === "none") all.push(Prisma.sql`t."assigneeId" IS NULL`);
  else if (agent) all.push(Prisma.sql`t."assigneeId" = ${agent}::uuid`);
  return Prisma.join(all, " AND ");
}

type Moment = "createdAt" | "solvedAt";
const COLUMN: Record<Moment, Prisma.Sql> = {
  createdAt: Prisma.sql`t."createdAt"`,
  solvedAt: Prisma.sql`t."solvedAt"`,
};
const SECONDS: Record<Moment, Prisma.Sql> = {
  createdAt: Prisma.sql`t."firstResponseSeconds"`,
  solvedAt: Prisma.sql`t."resolutionSeconds"`,
};

function within(moment: Moment, bounds: Date[]): Prisma.Sql {
  const at = COLUMN[moment];
  return Prisma.sql`${at} >= ${bounds[0]} AND ${at} < ${bounds.at(-1)}`;
}

async function perDay(moment: Moment, bounds: Date[], query: ReportQuery): Promise<number[]> {
  const starts = bounds.slice(0, -1);
  const rows = await db().prisma.$queryRaw<{ n: number; count: number }[]>`
    SELECT width_bucket(${COLUMN[moment]}, ${starts}::timestamptz[]) AS "n", count(*)::int AS "count"
    FROM "Ticket" t WHERE ${within(moment, bounds)} AND ${counted(query)} GROUP BY 1`;
  const counts = new Map(rows.map(({ n, count }) => [n, count]));
  return starts.map((_, index) => counts.get(index + 1) ?? 0);
}

/** How many tickets were open at a moment: what is open now, before what happened since. */
async function leftAt(end: Date, query: ReportQuery): Promise<number> {
  const [row] = await db().prisma.$queryRaw<{ left: number }[]>`SELECT
    (SELECT count(*) FROM "Ticket" t WHERE t."status" IN ('OPEN', 'PENDING') AND ${counted(query)})::int
    + (SELECT count(*) FROM "Ticket" t WHERE t."solvedAt" >= ${end} AND ${counted(query)})::int
    - (SELECT count(*) FROM "Ticket" t WHERE t."createdAt" >= ${end} AND ${counted(query)})::int AS "left"`;
  return Math.max(0, row?.left ?? 0);
}

function withBacklog(
  days: string[],
  { opened, solved, left }: { opened: number[]; solved: number[]; left: number },
): ReportDay[] {
  let backlog = left;
  const all: ReportDay[] = [];
  for (const [index, day] of [...days.entries()].reverse()) {
    const one = { day, opened: opened[index] ?? 0, solved: solved[index] ?? 0, backlog };
    all.unshift(one);
    backlog = Math.max(0, backlog - one.opened + one.solved);
  }
  return all;
}

type GroupRow = {
  kind: "total" | "account" | "agent";
  id: string | null;
  tickets: number;
  count: number;
  spread: (number | null)[] | null;
};

/** Everything, by account and by agent, in one reading. */
function perGroup(moment: Moment, bounds: Date[], query: ReportQuery): Promise<GroupRow[]> {
  return db().prisma.$queryRaw<GroupRow[]>`
    SELECT CASE WHEN grouping(t."accountId") = 0 THEN 'account' WHEN grouping(t."assigneeId") = 0 THEN 'agent' ELSE 'total' END AS "kind",
      CASE WHEN grouping(t."accountId") = 0 THEN t."accountId" ELSE t."assigneeId" END AS "id",
      count(*)::int AS "tickets", count(${SECONDS[moment]})::int AS "count",
      percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ${SECONDS[moment]}) AS "spread"
    FROM "Ticket" t WHERE ${within(moment, bounds)} AND ${counted(query)}
    GROUP BY GROUPING SETS ((), (t."accountId"), (t."assigneeId"))`;
}

function groupOf(
  kind: GroupRow["kind"],
  id: string | null,
  openedBy: GroupRow[],
  solvedBy: GroupRow[],
): Omit<ReportGroup, "id" | "name"> {
  const row = (rows: GroupRow[]) => rows.find((each) => each.kind === kind && each.id === id);
  const spread = (found: GroupRow | undefined): Spread => {
    const [median = null, p90 = null] = found?.spread ?? [];
    return { count: found?.count ?? 0, median, p90 };
  };
  const [opened, solved] = [row(openedBy), row(solvedBy)];
  return {
    ...{ opened: opened?.tickets ?? 0, solved: solved?.tickets ?? 0 },
    ...{ firstResponse: spread(opened), resolution: spread(solved) },
  };
}

/** By name, and last what belongs to none. */
function groupsOf(
  kind: "account" | "agent",
  openedBy: GroupRow[],
  solvedBy: GroupRow[],
  names: Map<string, string>,
): ReportGroup[] {
  const nobody = kind === "account" ? "No account" : "Nobody";
  const rows = [...openedBy, ...solvedBy].filter((row) => row.kind === kind);
  const ids = [...new Set(rows.map(({ id }) => id))];
  return ids
    .map((id) => ({
      id,
      name: id === null ? nobody : (names.get(id) ?? "Deleted"),
      ...groupOf(kind, id, openedBy, solvedBy),
    }))
    .sort((a, b) => Number(a.id === null) - Number(b.id === null) || a.name.localeCompare(b.name));
}

async function namesOf(): Promise<Record<"account" | "agent", Map<string, string>>> {
  const [accounts, agents] = await Promise.all([
    db().prisma.emailAccount.findMany({
      select: { id: true, email: true },
      orderBy: { email: "asc" },
      take: 500,
    }),
    db().prisma.user.findMany({
      where: { role: { in: ["ADMIN", "AGENT"] } },
      select: { id: true, name: true },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: 500,
    }),
  ]);
  return {
    account: new Map(accounts.map(({ id, email }) => [id, email])),
    agent: new Map(agents.map(({ id, name }) => [id, name])),
  };
}

async function isPartial(): Promise<boolean> {
  const [row] = await db().prisma.$queryRaw<{ is: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "Ticket" WHERE "status" IN ('SOLVED', 'CLOSED') AND "solvedAt" IS NULL
      AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL) AS "is"`;
  return row?.is ?? false;
}
