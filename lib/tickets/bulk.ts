import { inTransaction, type Tx } from "../db/client";
import type { Prisma } from "../db/generated/client";
import type { BulkOutcome } from "../db/generated/enums";
import { AppError } from "../errors";
import { newId } from "../new-id";
import { isUuid } from "../uuid";
import { type Actor, requireDesk } from "./access";
import { oweAssignments } from "./agent-notices";
import { requireAssignable } from "./assign";
import {
  bulkChangeSchema,
  type Candidate,
  currentValue,
  eventOf,
  type FieldChange,
  outcomeOf,
  type StoredChange,
} from "./bulk-change";
import { writeValues } from "./bulk-write";
import { recordEvents } from "./events";
import { conditions } from "./list-conditions";
import { lockTickets } from "./lock-in-order";
import type { TicketQuery } from "./query";

/** Tickets of one transaction: what waits for their locks waits for no more than these. */
const BATCH = 100;
/** Tickets of one change. */
export const BULK_MAX = 10_000;
/** Ids that may be named one by one: ten pages. */
export const IDS_MAX = 500;
const KEPT_HOURS = 24;

/** Which tickets: those named, or all that a list holds, on whatever page. */
export type Selection = { ids: string[] } | { query: TicketQuery };

/** How far a change is, and what became of the tickets so far. */
export type BulkProgress = {
  id: string;
  change: StoredChange;
  total: number;
  done: number;
  changed: number;
  /** Why others were left as they are. */
  skipped: Partial<Record<"SAME" | "MERGED" | "DELETED" | "CHANGED_SINCE" | "REFUSED", number>>;
};

/**
 * Begins a change of many tickets: writes down which they are and what each is now. Nothing is
 * changed before continueBulk().
 * @throws AppError "invalid" when no ticket, more than 500 ids or more than 10,000 tickets are
 * selected; "forbidden" for customers.
 */
export async function beginBulk(
  actor: Actor,
  change: FieldChange,
  selection: Selection,
): Promise<BulkProgress> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    if (change.field === "assignee" && change.to) await requireAssignable(tx, change.to);
    const id = await createBulkChange(tx, actor, change);
    const count =
      "ids" in selection
        ? await planIds(tx, { id, change, ids: selection.ids })
        : await planQuery(tx, { id, change, where: conditions(actor, selection.query) });
    if (count === 0) throw new AppError("invalid", "No ticket is selected.");
    return { id, change, total: count, done: 0, changed: 0, skipped: {} };
  });
}

/** Writes down that somebody begins a change, and forgets those that are too old to be undone. */
export async function createBulkChange(
  tx: Tx,
  actor: Actor,
  change: StoredChange,
): Promise<string> {
  await tx.$executeRaw`
    DELETE FROM "BulkChange" WHERE "id" IN (SELECT "id" FROM "BulkChange"
      WHERE "createdAt" < now() - make_interval(hours => ${KEPT_HOURS}::int)
      ORDER BY "createdAt" LIMIT 20 FOR UPDATE SKIP LOCKED)`;
  const { id } = await tx.bulkChange.create({
    data: { actorId: actor.id, change },
    select: { id: true },
  });
  return id;
}

/** The ids that may name tickets, each once. @throws AppError "invalid" for more than 500. */
export function selectedIds(ids: string[]): string[] {
  const known = [...new Set(ids)].filter(isUuid);
  if (known.length > IDS_MAX)
    throw new AppError("invalid", `Select at most ${IDS_MAX} tickets one by one.`);
  return known;
}

type Plan = { id: string; change: FieldChange };

/** An id without a ticket is written down as well: it counts as deleted. */
function planIds(tx: Tx, { id, change, ids }: Plan & { ids: string[] }): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO "BulkChangeTicket" ("bulkChangeId", "ticketId", "before", "closedAtBefore")
    SELECT ${id}::uuid, wanted.id, ${currentValue(change)}, t."closedAt"
    FROM unnest(${selectedIds(ids)}::uuid[]) AS wanted(id) LEFT JOIN "Ticket" t ON t."id" = wanted.id`;
}

async function planQuery(
  tx: Tx,
  { id, change, where }: Plan & { where: Prisma.Sql },
): Promise<number> {
  const count = await tx.$executeRaw`
    INSERT INTO "BulkChangeTicket" ("bulkChangeId", "ticketId", "before", "closedAtBefore")
    SELECT ${id}::uuid, t."id", ${currentValue(change)}, t."closedAt" FROM "Ticket" t
    WHERE ${where} LIMIT ${BULK_MAX + 1}`;
  if (count > BULK_MAX)
    throw new AppError(
      "invalid",
      "More than 10,000 tickets match. Narrow the list first, by days for example.",
    );
  return count;
}

/**
 * Changes the next 100 tickets of a change, each with its event, in one transaction. Called again
 * until `done` is `total`; called once more it changes nothing.
 * @throws AppError "not-found" for somebody else's change, or one older than a day; "conflict" when
 * it was undone meanwhile; "invalid" when the agent to assign to has left.
 */
export async function continueBulk(actor: Actor, id: string): Promise<BulkProgress> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { change, undoneAt } = await lockBulkChange(tx, actor, id);
    if (change.field === "merge") return progressOf(tx, id, change);
    if (undoneAt) throw new AppError("conflict", "This change was undone: the rest stays.");
    if (change.field === "assignee" && change.to) await requireAssignable(tx, change.to);
    const pending = await tx.bulkChangeTicket.findMany({
      where: { bulkChangeId: id, outcome: "PENDING" },
      select: { ticketId: true },
      orderBy: { ticketId: "asc" },
      take: BATCH,
    });
    if (pending.length > 0)
      await changeBatch(tx, actor, { id, change, ids: pending.map(({ ticketId }) => ticketId) });
    return progressOf(tx, id, change);
  });
}

/**
 * The change with its row locked, so that nobody goes on with it or undoes it meanwhile.
 * @throws AppError "not-found".
 */
export async function lockBulkChange(
  tx: Tx,
  actor: Actor,
  id: string,
): Promise<{ change: StoredChange; undoneAt: Date | null }> {
  const missing = new AppError("not-found", "This change is too old to be gone on with or undone.");
  if (!isUuid(id)) throw missing;
  await tx.$queryRaw`SELECT "id" FROM "BulkChange" WHERE "id" = ${id}::uuid FOR UPDATE`;
  const found = await tx.bulkChange.findFirst({
    where: { id, actorId: actor.id },
    select: { change: true, undoneAt: true },
  });
  if (!found) throw missing;
  return { change: bulkChangeSchema.parse(found.change), undoneAt: found.undoneAt };
}

type Batch = { id: string; change: FieldChange; ids: string[] };

async function changeBatch(tx: Tx, actor: Actor, batch: Batch): Promise<void> {
  const { id, change, ids } = batch;
  await lockTickets(tx, ids);
  const found = new Map((await candidates(tx, batch)).map((ticket) => [ticket.id, ticket]));
  const decided = ids.map((ticketId) => {
    const ticket = found.get(ticketId);
    const outcome = ticket ? outcomeOf(change, ticket) : "DELETED";
    return { ticketId, outcome, before: ticket?.value ?? null, eventId: newId() };
  });
  const changed = decided.filter(({ outcome }) => outcome === "CHANGED");
  await writeValues(
    tx,
    change,
    changed.map(({ ticketId }) => ({ id: ticketId, value: change.to, closedAt: null })),
  );
  if (change.field === "assignee" && change.to !== null)
    await oweAssignments(
      tx,
      changed.map(({ ticketId }) => ticketId),
      { to: change.to, by: actor.id },
    );
  await recordEvents(
    tx,
    actor.id,
    changed.map(({ ticketId, before, eventId }) => {
      const event = eventOf(change, { from: before, to: change.to });
      return { id: eventId, ticketId, change: event };
    }),
  );
  await tx.$executeRaw`
    UPDATE "BulkChangeTicket" b SET "outcome" = v.outcome::"BulkOutcome",
      "eventId" = CASE WHEN v.outcome = 'CHANGED' THEN v.event END
    FROM unnest(${ids}::uuid[], ${decided.map(({ outcome }) => outcome)}::text[],
      ${decided.map(({ eventId }) => eventId)}::uuid[]) AS v(id, outcome, event)
    WHERE b."bulkChangeId" = ${id}::uuid AND b."ticketId" = v.id`;
}

function candidates(tx: Tx, { id, change, ids }: Batch): Promise<Candidate[]> {
  return tx.$queryRaw<Candidate[]>`
    SELECT t."id", ${currentValue(change)} AS "value", b."before", t."status",
      (SELECT count(*)::int FROM "_TagToTicket" l WHERE l."B" = t."id") AS "tagCount",
      t."mergedIntoId" IS NOT NULL AS "isMerged", t."deletedAt" IS NOT NULL AS "isDeleted"
    FROM "BulkChangeTicket" b JOIN "Ticket" t ON t."id" = b."ticketId"
    WHERE b."bulkChangeId" = ${id}::uuid AND b."ticketId" = ANY(${ids}::uuid[])`;
}

/** How far a change is. */
export async function progressOf(tx: Tx, id: string, change: StoredChange): Promise<BulkProgress> {
  const groups = await tx.bulkChangeTicket.groupBy({
    by: ["outcome"],
    where: { bulkChangeId: id },
    _count: true,
  });
  const count = (outcome: BulkOutcome) =>
    groups.find((group) => group.outcome === outcome)?._count ?? 0;
  const total = groups.reduce((sum, group) => sum + group._count, 0);
  const skipped: BulkProgress["skipped"] = {};
  for (const why of ["SAME", "MERGED", "DELETED", "CHANGED_SINCE", "REFUSED"] as const)
    if (count(why) > 0) skipped[why] = count(why);
  const done = total - count("PENDING");
  return { id, change, total, done, changed: count("CHANGED"), skipped };
}
