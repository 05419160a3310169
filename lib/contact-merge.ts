import { db, inTransaction, type Tx } from "./db/client";
import { notifyEach } from "./db/listen";
import { AppError } from "./errors";
import { type Actor, requireDesk } from "./tickets/access";
import { isUuid } from "./uuid";

type Pair = { fromId: string; intoId: string };

export type MergeInput = Pair & {
  /** Whom the agent was told will sign in as the one contact; "" for nobody. Left out, anybody. */
  userId?: string;
};

type Merging = {
  id: string;
  email: string;
  name: string;
  userId: string | null;
  mergedIntoId: string | null;
  note: string;
  noteAt: Date | null;
  noteById: string | null;
};

const notHere = () => new AppError("not-found", "There is no such contact.");
const withItself = () => new AppError("conflict", "A contact can't be merged into itself.");

/**
 * Makes contact `from` part of contact `into`: tickets, messages, places on tickets, the sign-in,
 * and what was merged into `from` before. Its row only keeps its address, which is the other's from
 * now on. A target that is merged itself stands for the contact it was merged into.
 * @returns the id of the contact that is left.
 * @throws AppError "not-found"; "conflict" for a contact merged already, for itself, when both
 * sign in, and when somebody else signs in than the agent was told.
 */
export async function mergeContacts(actor: Actor, input: MergeInput): Promise<{ id: string }> {
  requireDesk(actor);
  if (!isUuid(input.fromId) || !isUuid(input.intoId)) throw notHere();
  return inTransaction(async (tx) => {
    const intoId = await standingFor(tx, input.intoId);
    if (intoId === input.fromId) throw withItself();
    const ticketIds = await lockTicketsOf(tx, input.fromId);
    const { from, into } = await lockPair(tx, { fromId: input.fromId, intoId });
    const users = await usersOf(tx, [from.id, into.id]);
    const refusal = bothSignIn(users);
    if (refusal) throw refusal;
    if (input.userId !== undefined && input.userId !== (users[0]?.id ?? ""))
      throw new AppError(
        "conflict",
        "Who can sign in has changed since you opened this page. Look at it again.",
      );
    const tickets = await moveAll(tx, from.id, into.id);
    await tx.contact.update({
      where: { id: from.id },
      data: { mergedIntoId: into.id, userId: null, name: "", ...NO_NOTE },
      select: { id: true },
    });
    await tx.contact.update({
      where: { id: into.id },
      data: {
        userId: users[0]?.id ?? null,
        name: into.name || from.name,
        ...joinedNote(into, from),
      },
      select: { id: true },
    });
    await tx.auditLog.create({
      data: {
        actorId: actor.id,
        action: "contact.merged",
        target: `Contact:${into.id}`,
        data: { from: { id: from.id, email: from.email, name: from.name }, tickets },
      },
      select: { id: true },
    });
    await notifyEach(tx, "ticket", ticketIds);
    return { id: into.id };
  });
}

/** The contact itself, or the one it was merged into. */
async function standingFor(tx: Tx, id: string): Promise<string> {
  const contact = await tx.contact.findUnique({ where: { id }, select: { mergedIntoId: true } });
  if (!contact) throw notHere();
  return contact.mergedIntoId ?? id;
}

/** Whoever writes on a ticket locks the ticket first and its people after that: so does a merge. */
async function lockTicketsOf(tx: Tx, contactId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Ticket" WHERE "id" IN (
      SELECT "id" FROM "Ticket" WHERE "requesterId" = ${contactId}::uuid
      UNION SELECT "ticketId" FROM "TicketParticipant" WHERE "contactId" = ${contactId}::uuid
    ) ORDER BY "id" FOR UPDATE`;
  return rows.map(({ id }) => id);
}

/** Locks both in the order of their ids, so that two merges never wait for each other. */
async function lockPair(
  tx: Tx,
  { fromId, intoId }: Pair,
): Promise<{ from: Merging; into: Merging }> {
  const rows = await tx.$queryRaw<Merging[]>`
    SELECT "id", "email"::text AS "email", "name", "userId", "mergedIntoId", "note", "noteAt", "noteById"
    FROM "Contact" WHERE "id" IN (${fromId}::uuid, ${intoId}::uuid) ORDER BY "id" FOR UPDATE`;
  const from = rows.find(({ id }) => id === fromId);
  const into = rows.find(({ id }) => id === intoId);
  if (!from || !into) throw notHere();
  for (const { email, mergedIntoId } of [from, into])
    if (mergedIntoId)
      throw new AppError("conflict", `${email} was merged into another contact already.`);
  return { from, into };
}

const NO_NOTE = { note: "", noteAt: null, noteById: null };

/** What agents wrote about either, and who wrote last. */
function joinedNote(into: Merging, from: Merging) {
  const [first, second] = [into, from].filter(({ note }) => note !== "");
  if (!first) return NO_NOTE;
  const last = second && (second.noteAt ?? 0) > (first.noteAt ?? 0) ? second : first;
  const note = second ? `${first.note}\n\n${second.note}` : first.note;
  return { note, noteAt: last.noteAt, noteById: last.noteById };
}

type SignIn = { id: string; name: string; email: string; isActive: boolean };

/** Who signs in as one of these contacts, by the link or by one of their addresses. */
async function usersOf(tx: Pick<Tx, "contact" | "user">, contactIds: string[]): Promise<SignIn[]> {
  const contacts = await tx.contact.findMany({
    where: { OR: [{ id: { in: contactIds } }, { mergedIntoId: { in: contactIds } }] },
    select: { email: true },
  });
  return tx.user.findMany({
    where: {
      OR: [
        { contact: { id: { in: contactIds } } },
        { email: { in: contacts.map(({ email }) => email) } },
      ],
    },
    select: { id: true, name: true, email: true, isActive: true },
    orderBy: { id: "asc" },
  });
}

function bothSignIn([first, second]: SignIn[]): AppError | null {
  if (!first || !second) return null;
  return new AppError(
    "conflict",
    `Both can sign in: ${first.email} and ${second.email}. Each would see the other's tickets, so they stay two contacts.`,
  );
}

/** @returns how many tickets have another requester now. */
async function moveAll(tx: Tx, fromId: string, intoId: string): Promise<number> {
  const { count } = await tx.ticket.updateMany({
    where: { requesterId: fromId },
    data: { requesterId: intoId },
  });
  await tx.message.updateMany({ where: { contactId: fromId }, data: { contactId: intoId } });
  await tx.contact.updateMany({
    where: { mergedIntoId: fromId },
    data: { mergedIntoId: intoId },
  });
  // Where both are on a ticket, the one row that is left may what either might.
  await tx.$executeRaw`
    INSERT INTO "TicketParticipant" AS kept
      ("ticketId", "contactId", "role", "isNew", "getsCopies", "approvedById", "createdAt")
    SELECT "ticketId", ${intoId}::uuid, "role", "isNew", "getsCopies", "approvedById", "createdAt"
    FROM "TicketParticipant" WHERE "contactId" = ${fromId}::uuid
    ON CONFLICT ("ticketId", "contactId") DO UPDATE SET
      "role" = CASE
        WHEN 'REQUESTER' IN (kept."role", EXCLUDED."role") THEN 'REQUESTER'
        WHEN 'AGENT' IN (kept."role", EXCLUDED."role") THEN 'AGENT'
        ELSE 'CC' END::"ParticipantRole",
      "isNew" = kept."isNew" AND EXCLUDED."isNew",
      "getsCopies" = kept."getsCopies" OR EXCLUDED."getsCopies",
      "approvedById" = coalesce(kept."approvedById", EXCLUDED."approvedById"),
      "createdAt" = least(kept."createdAt", EXCLUDED."createdAt")`;
  await tx.ticketParticipant.deleteMany({ where: { contactId: fromId } });
  return count;
}

export type MergePreview = {
  from: MergeSide;
  into: MergeSide;
  /** Who signs in as the one contact that is left, and sees all its tickets then. */
  user: SignIn | null;
  /** Why it can't be done. */
  refusal: string | null;
};

export type MergeSide = { id: string; name: string; addresses: string[]; tickets: number };

/**
 * What a merge would do, for the page that asks before it.
 * @throws AppError "not-found" for a contact that isn't there or was merged already.
 */
export async function previewMerge(viewer: Actor, input: Pair): Promise<MergePreview> {
  requireDesk(viewer);
  const { prisma } = db();
  const [from, into, users] = await Promise.all([
    sideOf(input.fromId),
    sideOf(input.intoId),
    usersOf(prisma, [input.fromId, input.intoId].filter(isUuid)),
  ]);
  const refusal = from.id === into.id ? withItself() : bothSignIn(users);
  return { from, into, user: users[0] ?? null, refusal: refusal?.message ?? null };
}

async function sideOf(id: string): Promise<MergeSide> {
  const contact = isUuid(id)
    ? await db().prisma.contact.findFirst({
        where: { id, mergedIntoId: null },
        select: {
          id: true,
          name: true,
          email: true,
          mergedFrom: { select: { email: true }, orderBy: { email: "asc" } },
          _count: { select: { tickets: { where: { deletedAt: null, mergedIntoId: null } } } },
        },
      })
    : null;
  if (!contact) throw notHere();
  const { email, mergedFrom, _count, ...rest } = contact;
  return {
    ...rest,
    addresses: [email, ...mergedFrom.map((other) => other.email)],
    tickets: _count.tickets,
  };
}
