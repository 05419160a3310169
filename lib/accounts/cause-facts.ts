import { db } from "../db/client";
import type { CauseFacts, LoneReply } from "./causes";

/** What the receipts and polls of an account say about it; see CauseFacts. */
type MailFacts = Pick<
  CauseFacts,
  | "folderMails"
  | "skipped"
  | "hasReceived"
  | "week"
  | "firstCopies"
  | "loneReplies"
  | "twins"
  | "stoppedAt"
>;

const NO_MAIL = { total: 0, duplicates: 0, own: 0, loops: 0, held: 0, quarantined: 0 };

/** An account that was added while the facts were read. */
export const NO_FACTS: MailFacts = {
  ...{ folderMails: null, skipped: 0, hasReceived: false, week: NO_MAIL },
  ...{ firstCopies: [], loneReplies: [], twins: [], stoppedAt: null },
};

/** Examples per list are shown by number: more than this many are never looked for. */
const ROWS_MAX = 500;

/** The facts of every account by its id, in six queries however many accounts there are. */
export async function mailFacts(): Promise<Map<string, MailFacts>> {
  const [accounts, weeks, copies, replies, twins, stops] = await Promise.all([
    folderFacts(),
    weekFacts(),
    firstCopies(),
    loneReplies(),
    twinTickets(),
    stopTimes(),
  ]);
  const weekOf = new Map(weeks.map(({ id, ...week }) => [id, week]));
  return new Map(
    accounts.map(({ id, ...folder }) => [
      id,
      {
        ...folder,
        week: weekOf.get(id) ?? NO_MAIL,
        firstCopies: copies.filter((copy) => copy.id === id),
        loneReplies: replies.filter((reply) => reply.id === id),
        twins: twins.filter((twin) => twin.ids.includes(id)).map((twin) => twin.numbers),
        stoppedAt: stops.find((stop) => stop.id === id)?.at ?? null,
      },
    ]),
  );
}

type FolderRow = Pick<MailFacts, "folderMails" | "skipped" | "hasReceived"> & { id: string };

function folderFacts(): Promise<FolderRow[]> {
  return db().prisma.$queryRaw<FolderRow[]>`
    SELECT a."id", run."folderMails",
      (SELECT coalesce(sum(r."skipped"), 0)::int FROM "PollRun" r
        WHERE r."accountId" = a."id" AND r."startedAt" > now() - interval '7 days') AS "skipped",
      EXISTS (SELECT 1 FROM "InboundEmail" i WHERE i."accountId" = a."id") AS "hasReceived"
    FROM "EmailAccount" a
    LEFT JOIN LATERAL (
      SELECT r."folderMails" FROM "PollRun" r
      WHERE r."accountId" = a."id" AND r."folderMails" IS NOT NULL
      ORDER BY r."startedAt" DESC LIMIT 1) run ON true`;
}

function weekFacts(): Promise<(MailFacts["week"] & { id: string })[]> {
  return db().prisma.$queryRaw<(MailFacts["week"] & { id: string })[]>`
    SELECT "accountId" AS "id", count(*)::int AS "total",
      count(*) FILTER (WHERE "status" = 'DUPLICATE')::int AS "duplicates",
      count(*) FILTER (WHERE "status" = 'IGNORED' AND "reason" LIKE 'Our own mail%')::int AS "own",
      count(*) FILTER (WHERE "status" = 'IGNORED' AND "reason" LIKE 'A mail loop%')::int AS "loops",
      count(*) FILTER (WHERE "status" = 'HELD')::int AS "held",
      count(*) FILTER (WHERE "status" = 'QUARANTINED')::int AS "quarantined"
    FROM "InboundEmail"
    WHERE "receivedAt" > now() - interval '7 days' AND "accountId" IS NOT NULL
    GROUP BY 1`;
}

type Copy = { id: string; number: number; email: string | null };

function firstCopies(): Promise<Copy[]> {
  return db().prisma.$queryRaw<Copy[]>`
    SELECT i."accountId" AS "id", t."number",
      (SELECT a."email"::text FROM "InboundEmail" f JOIN "EmailAccount" a ON a."id" = f."accountId"
        WHERE f."messageRowId" = i."messageRowId" AND f."status" = 'PROCESSED'
          AND f."accountId" <> i."accountId" LIMIT 1) AS "email"
    FROM "InboundEmail" i
    JOIN "Message" m ON m."id" = i."messageRowId"
    JOIN "Ticket" t ON t."id" = m."ticketId" AND t."deletedAt" IS NULL
    WHERE i."status" = 'DUPLICATE' AND i."receivedAt" > now() - interval '7 days'
      AND i."accountId" IS NOT NULL
    ORDER BY i."receivedAt" DESC LIMIT ${ROWS_MAX}`;
}

type ReplyRow = LoneReply & { id: string };

/** People's mails that look like answers and opened a ticket of their own, not merged since. */
function loneReplies(): Promise<ReplyRow[]> {
  return db().prisma.$queryRaw<ReplyRow[]>`
    SELECT i."accountId" AS "id", t."number",
      CASE WHEN t."possibleReplyToId" IS NOT NULL AND i."reason" LIKE '%which is %' THEN 'closed'
           WHEN t."possibleReplyToId" IS NOT NULL THEN 'stranger'
           WHEN cardinality(m."inReplyTo") > 0 THEN 'unknown'
           ELSE 'no-header' END AS "why"
    FROM "InboundEmail" i
    JOIN "Message" m ON m."id" = i."messageRowId"
    JOIN "Ticket" t ON t."id" = m."ticketId"
    WHERE i."outcome" = 'ticket' AND i."status" = 'PROCESSED'
      AND i."receivedAt" > now() - interval '7 days' AND i."accountId" IS NOT NULL
      AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL AND m."automaticKind" IS NULL
      AND (t."possibleReplyToId" IS NOT NULL OR cardinality(m."inReplyTo") > 0
        OR m."subject" ~* '^(re|aw|sv|antw)(\[[0-9]+\])?:')
    ORDER BY i."receivedAt" DESC LIMIT ${ROWS_MAX}`;
}

type Twin = { ids: string[]; numbers: number[] };

function twinTickets(): Promise<Twin[]> {
  return db().prisma.$queryRaw<Twin[]>`
    SELECT array_agg(DISTINCT i."accountId"::text) AS "ids",
      array_agg(DISTINCT t."number" ORDER BY t."number") AS "numbers"
    FROM "InboundEmail" i
    JOIN "Message" m ON m."id" = i."messageRowId"
    JOIN "Ticket" t ON t."id" = m."ticketId"
    WHERE i."outcome" = 'ticket' AND i."status" = 'PROCESSED'
      AND i."receivedAt" > now() - interval '7 days' AND i."accountId" IS NOT NULL
      AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL AND m."automaticKind" IS NULL
      AND m."newText" <> ''
    GROUP BY lower(m."subject"), md5(m."newText")
    HAVING count(DISTINCT t."id") > 1
    LIMIT ${ROWS_MAX}`;
}

/** When accounts that are not polled now were turned off. */
function stopTimes(): Promise<{ id: string; at: Date }[]> {
  return db().prisma.$queryRaw<{ id: string; at: Date }[]>`
    SELECT a."id", max(l."createdAt") AS "at"
    FROM "EmailAccount" a
    JOIN "AuditLog" l ON l."target" = 'EmailAccount:' || a."id"
      AND (l."action" = CASE WHEN a."isActive" THEN 'account.polling-disabled'
                             ELSE 'account.deactivated' END
        OR (l."action" = 'account.updated' AND jsonb_exists(l."data" -> 'changed',
              CASE WHEN a."isActive" THEN 'pollingEnabled' ELSE 'isActive' END)))
    WHERE NOT (a."isActive" AND a."pollingEnabled")
    GROUP BY a."id"`;
}
