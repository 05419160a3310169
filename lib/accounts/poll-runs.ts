import { z } from "zod";
import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { isUuid } from "../uuid";

/** Which polls of an account are listed: all that are kept, those with mail, or those that failed. */
export const RUN_KINDS = ["all", "mail", "failed"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export type RunQuery = {
  kind: RunKind;
  /** Cursors of RunPage: polls older, or newer, than one. At most one is given. */
  before: string | null;
  after: string | null;
};

const COLUMNS = {
  ...{ id: true, startedAt: true, finishedAt: true, durationMs: true, error: true },
  ...{ seen: true, stored: true, processed: true, created: true, appended: true },
  ...{ duplicates: true, ignored: true, quarantined: true, skipped: true, folderMails: true },
} satisfies Prisma.PollRunSelect;

/** One poll and what came of it. */
export type PollRunRow = Prisma.PollRunGetPayload<{ select: typeof COLUMNS }>;

export type RunPage = { rows: PollRunRow[]; older: string | null; newer: string | null };

const PAGE_SIZE = 50;
const FAILED_KEPT_MS = 7 * 86_400_000;
const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)_([0-9a-f-]{36})$/;

const cursor = z.string().regex(CURSOR).nullable().catch(null);
const schema = z.object({
  polls: z.enum(RUN_KINDS).catch("all"),
  before: cursor,
  after: cursor,
});

/** Reads the page's address; what makes no sense is left out. */
export function parseRunQuery(params: Record<string, string | string[] | undefined>): RunQuery {
  const { polls, before, after } = schema.parse({
    polls: params.polls ?? "all",
    before: params.before ?? null,
    after: params.after ?? null,
  });
  return { kind: polls, before, after: before ? null : after };
}

/** The polls of an account that are kept, newest first, fifty at a time. */
export async function listRuns(accountId: string, query: RunQuery, now: Date): Promise<RunPage> {
  const isNewer = query.after !== null;
  const order = isNewer ? "asc" : "desc";
  const found = await db().prisma.pollRun.findMany({
    where: {
      AND: [{ accountId }, ofKind(query.kind, now), beyond(query.before ?? query.after, isNewer)],
    },
    orderBy: [{ startedAt: order }, { id: order }],
    take: PAGE_SIZE + 1,
    select: COLUMNS,
  });
  const hasMore = found.length > PAGE_SIZE;
  const rows = found.slice(0, PAGE_SIZE);
  if (isNewer) rows.reverse();
  const [first, last] = [rows.at(0), rows.at(-1)];
  const hasNewer = isNewer ? hasMore : query.before !== null;
  return {
    rows,
    older: last && (isNewer || hasMore) ? cursorOf(last) : null,
    newer: first && hasNewer ? cursorOf(first) : null,
  };
}

function ofKind(kind: RunKind, now: Date): Prisma.PollRunWhereInput {
  switch (kind) {
    case "all":
      return {};
    case "mail":
      return { stored: { gt: 0 } };
    case "failed":
      // Older ones are gone, and need not be looked for among those with mail.
      return {
        error: { not: null },
        startedAt: { gt: new Date(now.getTime() - FAILED_KEPT_MS) },
      };
  }
}

function beyond(at: string | null, isNewer: boolean): Prisma.PollRunWhereInput {
  const [, time, id] = (at && CURSOR.exec(at)) || [];
  if (!time || !id || !isUuid(id)) return {};
  const startedAt = new Date(time);
  if (Number.isNaN(startedAt.getTime())) return {};
  const side = isNewer ? "gt" : "lt";
  return { OR: [{ startedAt: { [side]: startedAt } }, { startedAt, id: { [side]: id } }] };
}

function cursorOf({ startedAt, id }: PollRunRow): string {
  return `${startedAt.toISOString()}_${id}`;
}
