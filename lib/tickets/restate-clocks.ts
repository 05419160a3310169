import type pg from "pg";
import type { Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import type { TicketStatus } from "../db/generated/enums";
import { rowsAsJson } from "../db/insert-rows";
import { type ServiceTimeRow, serviceTime } from "../service-time";
import { type Clock, type ClockFacts, clockOf } from "./clock";

/**
 * Works the times of tickets out anew, from their messages, their history and their account's hours,
 * and writes those that differ. The caller holds the tickets' locks. What was measured under other
 * hours stays as it was measured, and who was told of a time is not told of it again.
 */
export function restateClocks(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  return restate(
    { rows: (sql) => tx.$queryRaw(sql), run: (sql) => tx.$executeRaw(sql) },
    ticketIds,
  );
}

/** As restateClocks(), on a pg connection in a transaction. */
export function restateClocksOn(
  client: pg.PoolClient,
  ticketIds: readonly string[],
): Promise<void> {
  return restate(
    {
      rows: async (sql) => (await client.query(sql.text, sql.values)).rows,
      run: (sql) => client.query(sql.text, sql.values),
    },
    ticketIds,
  );
}

type Asked = {
  rows<T>(sql: Prisma.Sql): Promise<T[]>;
  run(sql: Prisma.Sql): Promise<unknown>;
};

type Facts = Omit<ClockFacts, "changes"> &
  Clock &
  ServiceTimeRow & { id: string; accountId: string | null };

async function restate(db: Asked, ticketIds: readonly string[]): Promise<void> {
  if (ticketIds.length === 0) return;
  const found = await db.rows<Facts>(factsOf([...new Set(ticketIds)]));
  const changes = await changesOf(db, found.filter(needsChanges));
  const times = new Map<string | null, ReturnType<typeof serviceTime>>();
  const now = new Date();
  const rows = found.flatMap((facts) => {
    const time = times.get(facts.accountId) ?? serviceTime(facts);
    times.set(facts.accountId, time);
    const clock = clockOf({ ...facts, changes: changes.get(facts.id) ?? [] }, time);
    const row = withWhatStays(clock, facts, now);
    return COLUMNS.some((name) => differ(row[name], facts[name])) ? [{ id: facts.id, ...row }] : [];
  });
  if (rows.length > 0) await db.run(written(rows));
}

/** How long it took is asked of what is done; where a clock stood still, of what has targets. */
function needsChanges({ status, resolutionMinutes }: Facts): boolean {
  return status === "SOLVED" || status === "CLOSED" || resolutionMinutes !== null;
}

function withWhatStays(clock: Clock, before: Clock, now: Date): Clock {
  const same = (name: "firstResponseAt" | "solvedAt") => !differ(clock[name], before[name]);
  const tell = (
    due: "firstResponseDueAt" | "resolutionDueAt",
    at: "firstResponseTellAt" | "resolutionTellAt",
  ) => {
    if (!differ(clock[due], before[due])) return before[at];
    // To warn of what is missed already comes too late.
    return (clock[due] ?? now) > now ? clock[at] : null;
  };
  return {
    ...clock,
    ...(same("firstResponseAt") && { firstResponseSeconds: before.firstResponseSeconds }),
    ...(same("solvedAt") && { resolutionSeconds: before.resolutionSeconds }),
    firstResponseTellAt: tell("firstResponseDueAt", "firstResponseTellAt"),
    resolutionTellAt: tell("resolutionDueAt", "resolutionTellAt"),
  };
}

const COLUMNS = [
  ...(["firstResponseAt", "firstResponseSeconds", "solvedAt", "resolutionSeconds"] as const),
  ...(["firstResponseDueAt", "resolutionDueAt", "dueAt", "dueWarnAt"] as const),
  ...(["firstResponseTellAt", "resolutionTellAt"] as const),
];

const differ = (a: Date | number | null, b: Date | number | null) =>
  (a === null ? null : Number(a)) !== (b === null ? null : Number(b));

const NAMES = Prisma.raw(COLUMNS.map((name) => `"${name}"`).join(", "));
const NEW_VALUES = Prisma.raw(COLUMNS.map((name) => `n."${name}"`).join(", "));

function written(rows: ({ id: string } & Clock)[]): Prisma.Sql {
  return Prisma.sql`
    UPDATE "Ticket" t SET (${NAMES}) = ROW(${NEW_VALUES})
    FROM json_populate_recordset(NULL::"Ticket", ${rowsAsJson(rows)}::json) AS n WHERE t."id" = n."id"`;
}

/**
 * SQL: an answer that a person at the desk wrote, on a message m. One that was stopped is none, nor is
 * mail to others, which the requester never sees.
 */
const IS_ANSWER = Prisma.sql`m."kind" = 'OUTBOUND' AND m."authorId" IS NOT NULL AND m."automaticKind" IS NULL AND NOT m."isAside"
  AND NOT EXISTS (SELECT 1 FROM "OutboundEmail" d WHERE d."messageRowId" = m."id" AND d."status" = 'CANCELLED')`;

/**
 * The desk wrote first where its mail is the ticket's first, or it opened the ticket and nothing older
 * was moved there.
 */
function factsOf(ids: string[]): Prisma.Sql {
  return Prisma.sql`
    SELECT t."id", t."accountId", t."createdAt", t."status"::text AS "status", ${Prisma.raw(COLUMNS.map((name) => `t."${name}"`).join(", "))},
      CASE WHEN t."status" IN ('SOLVED', 'CLOSED') THEN coalesce(t."solvedAt", t."closedAt", t."lastMessageAt")
        ELSE t."createdAt" END AS "statusSince",
      (NOT t."isSpam" AND NOT t."isAutomatic" AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL) AS "hasTargets",
      (SELECT m."createdAt" FROM "Message" m WHERE m."ticketId" = t."id" AND m."createdAt" >= t."createdAt" AND ${IS_ANSWER}
        ORDER BY m."createdAt" LIMIT 1) AS "answeredAt",
      CASE WHEN opener."role" IN ('ADMIN', 'AGENT')
        THEN coalesce(said."kind" = 'INBOUND' AND said."createdAt" < t."createdAt", false)
        ELSE coalesce(said."kind" = 'INBOUND', true) END AS "isAsked",
      a."timeZone", a."openings", a."holidays", a."firstResponseMinutes", a."resolutionMinutes"
    FROM "Ticket" t
    LEFT JOIN "User" opener ON opener."id" = t."openedById"
    LEFT JOIN "AccountTime" a ON a."accountId" = t."accountId"
    LEFT JOIN LATERAL (SELECT m."kind", m."createdAt" FROM "Message" m
      WHERE m."ticketId" = t."id" AND m."kind" <> 'NOTE' ORDER BY m."createdAt" LIMIT 1) said ON true
    WHERE t."id" = ANY(${ids}::uuid[])`;
}

async function changesOf(
  db: Asked,
  tickets: Facts[],
): Promise<Map<string, ClockFacts["changes"][number][]>> {
  const all = new Map<string, ClockFacts["changes"][number][]>(tickets.map(({ id }) => [id, []]));
  if (tickets.length === 0) return all;
  const rows = await db.rows<{ ticketId: string; at: Date; to: TicketStatus }>(Prisma.sql`
    SELECT "ticketId", "createdAt" AS "at", "data"->>'to' AS "to" FROM "TicketEvent"
    WHERE "ticketId" = ANY(${[...all.keys()]}::uuid[]) AND "kind" = 'status' ORDER BY "createdAt", "id"`);
  for (const { ticketId, ...change } of rows) all.get(ticketId)?.push(change);
  return all;
}
