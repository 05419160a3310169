import { z } from "zod";
import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { pgText } from "../mail/text";
import { type Actor, requireDesk } from "./access";
import { TEXT_MAX } from "./text-max";

export const DRAFT_KINDS = ["reply", "note"] as const;
export type DraftKind = (typeof DRAFT_KINDS)[number];

/** Characters of a draft with its formatting. */
const HTML_MAX = 4 * TEXT_MAX;

/** The form's other fields: how many, and the characters of all together. */
const FIELDS_MAX = 40;
const FIELDS_LENGTH_MAX = 20_000;

export type Draft = {
  text: string;
  /** The same with its formatting; null when it has none. */
  html: string | null;
  /** The form's other fields by name, such as Cc. */
  fields: Record<string, string>;
  /** When it was saved, in ISO form: also the name of this version. */
  savedAt: string;
};

export type DraftToSave = Omit<Draft, "savedAt"> & {
  number: number;
  kind: DraftKind;
  /** The version it was made from; null when there was none. */
  base: string | null;
};

/** `newer`: another tab saved one meanwhile; `gone`: another tab sent or discarded it. */
export type DraftSaved =
  | { outcome: "saved"; savedAt: string | null }
  | { outcome: "newer"; draft: Draft }
  | { outcome: "gone" };

/**
 * What an agent has begun to write on a ticket, also on one that was merged into it since.
 * @throws AppError "forbidden" for customers; "not-found" for a missing or deleted ticket.
 */
export async function findDraft(
  actor: Actor,
  number: number,
  kind: DraftKind,
): Promise<Draft | null> {
  requireDesk(actor);
  const tickets = await ticketsOf(db().prisma, number);
  return newest(db().prisma, actor, tickets, kind);
}

/**
 * Keeps what an agent is writing, or forgets it when no words are left of it, unless `isKeptEmpty` says
 * that its other fields are wanted. One that was saved,
 * sent or discarded elsewhere since `base` stays as it is: the answer says so.
 * @throws AppError as findDraft(); "invalid" when it is longer than a reply may be.
 */
export async function saveDraft(
  actor: Actor,
  given: DraftToSave,
  { isKeptEmpty = false } = {},
): Promise<DraftSaved> {
  requireDesk(actor);
  const text = pgText(given.text);
  const html = given.html === null ? null : pgText(given.html);
  if (text.length > TEXT_MAX || (html?.length ?? 0) > HTML_MAX)
    throw new AppError(
      "invalid",
      `That is too long: ${TEXT_MAX.toLocaleString("en")} characters at most.`,
    );
  const fields = keepable(given.fields);
  return inTransaction(async (tx) => {
    const tickets = await ticketsOf(tx, given.number);
    const [ticketId] = tickets;
    const key = `draft ${ticketId} ${actor.id} ${given.kind}`;
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${key}))`;
    const kept = await newest(tx, actor, tickets, given.kind);
    if (kept && kept.savedAt !== given.base) return { outcome: "newer", draft: kept };
    if (!kept && given.base) return { outcome: "gone" };
    await forget(tx, actor, tickets, given.kind);
    if (text.trim() === "" && !(isKeptEmpty && Object.keys(fields).length > 0))
      return { outcome: "saved", savedAt: null };
    // Two saves in one millisecond are two versions.
    const updatedAt = new Date(Math.max(Date.now(), (kept ? Date.parse(kept.savedAt) : 0) + 1));
    const row = { ticketId, userId: actor.id, kind: given.kind, body: text, html, fields };
    await tx.draft.create({ data: { ...row, updatedAt }, select: { ticketId: true } });
    return { outcome: "saved", savedAt: updatedAt.toISOString() };
  });
}

/** Forgets a draft, whichever version it is. @throws AppError as findDraft(). */
export async function discardDraft(actor: Actor, number: number, kind: DraftKind): Promise<void> {
  requireDesk(actor);
  await forget(db().prisma, actor, await ticketsOf(db().prisma, number), kind);
}

/**
 * Forgets the draft of what is being sent, in the same transaction. One that another tab has saved
 * since `version` stays; so does any when there is no version.
 */
export async function endDraft(
  tx: Tx,
  actor: Actor,
  { ticketId, kind, version }: { ticketId: string; kind: DraftKind; version: string | undefined },
): Promise<void> {
  if (!version) return;
  const ticket = { OR: [{ id: ticketId }, { mergedIntoId: ticketId }] };
  await tx.draft.deleteMany({
    where: { userId: actor.id, kind, ticket, updatedAt: new Date(version) },
  });
}

/** The ticket, and those that were merged into it. */
async function ticketsOf(tx: Pick<Tx, "ticket">, number: number): Promise<[string, ...string[]]> {
  const ticket = await tx.ticket.findFirst({
    where: { number, deletedAt: null },
    select: { id: true, mergedFrom: { select: { id: true } } },
  });
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  return [ticket.id, ...ticket.mergedFrom.map(({ id }) => id)];
}

async function newest(
  tx: Pick<Tx, "draft">,
  actor: Actor,
  tickets: string[],
  kind: DraftKind,
): Promise<Draft | null> {
  const row = await tx.draft.findFirst({
    where: { ticketId: { in: tickets }, userId: actor.id, kind },
    select: draftSelect,
    orderBy: { updatedAt: "desc" },
  });
  return row && draftOf(row);
}

/** What of a row is its draft. */
export const draftSelect = { body: true, html: true, fields: true, updatedAt: true } as const;

export function draftOf(row: {
  body: string;
  html: string | null;
  fields: unknown;
  updatedAt: Date;
}): Draft {
  const fields = z.record(z.string(), z.string()).safeParse(row.fields).data ?? {};
  return { text: row.body, html: row.html, fields, savedAt: row.updatedAt.toISOString() };
}

async function forget(
  tx: Pick<Tx, "draft">,
  actor: Actor,
  tickets: string[],
  kind: DraftKind,
): Promise<void> {
  await tx.draft.deleteMany({ where: { ticketId: { in: tickets }, userId: actor.id, kind } });
}

/** @throws AppError "invalid" for more than a form holds. */
function keepable(fields: Record<string, string>): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => [pgText(name), pgText(value)]);
  const length = entries.flat().reduce((sum, text) => sum + text.length, 0);
  if (entries.length > FIELDS_MAX || length > FIELDS_LENGTH_MAX)
    throw new AppError("invalid", "The addresses are too long to be kept with the draft.");
  return Object.fromEntries(entries);
}
