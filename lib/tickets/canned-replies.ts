import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { cut, oneLine, pgText } from "../mail/text";
import { isUuid } from "../uuid";
import { type Actor, requireDesk } from "./access";
import { fillIn, unknownVariables, VARIABLES } from "./canned-variables";

export const CANNED_NAME_MAX = 80;
export const CANNED_BODY_MAX = 10_000;

/** Replies a person may have of their own, and replies all may share. */
const REPLIES_MAX = 200;

export type CannedReply = {
  id: string;
  name: string;
  body: string;
  isShared: boolean;
  makerName: string | null;
  /** Whether the viewer may change, share and delete it. */
  mayChange: boolean;
};

/**
 * The replies of everybody and the viewer's own, by name.
 * @throws AppError "forbidden" for customers, as everything here does.
 */
export async function listCannedReplies(viewer: Actor): Promise<CannedReply[]> {
  requireDesk(viewer);
  const rows = await db().prisma.cannedReply.findMany({
    where: seenBy(viewer),
    select: SELECTED,
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 2 * REPLIES_MAX,
  });
  return rows.map((row) => replyOf(row, viewer));
}

/** The same, filled in for a ticket. @throws AppError "not-found" for a missing or deleted one. */
export async function listFilledReplies(
  viewer: Actor,
  number: number,
): Promise<{ id: string; name: string; text: string }[]> {
  const [replies, ticket, agent] = await Promise.all([
    listCannedReplies(viewer),
    db().prisma.ticket.findFirst({
      where: { number, deletedAt: null },
      select: { number: true, subject: true, requester: { select: { name: true, email: true } } },
    }),
    db().prisma.user.findUniqueOrThrow({ where: { id: viewer.id }, select: { name: true } }),
  ]);
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  const filling = { customer: ticket.requester, ticket, agent };
  return replies.map(({ id, name, body }) => ({ id, name, text: fillIn(body, filling) }));
}

/** One the viewer may change. @throws AppError as saveCannedReply() does. */
export async function getCannedReply(viewer: Actor, id: string): Promise<CannedReply> {
  requireDesk(viewer);
  return getChangeable(db().prisma, viewer, id);
}

export type CannedReplyToSave = {
  /** null for a new one. */
  id: string | null;
  name: string;
  body: string;
  isShared: boolean;
};

/**
 * @throws AppError "invalid" without a name or text, when it is too long, and for an unknown variable;
 * "conflict" for a name that is taken, and from the 201st reply of a kind on; "not-found" for one that
 * is gone or somebody else's own; "forbidden" for a shared one unless an admin or its maker asks.
 */
export async function saveCannedReply(actor: Actor, given: CannedReplyToSave): Promise<void> {
  requireDesk(actor);
  const name = nameOf(given.name);
  const body = bodyOf(given.body);
  await inTransaction(async (tx) => {
    // One change at a time, so that limits and names hold.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('CannedReply'))`;
    const known = given.id === null ? null : await getChangeable(tx, actor, given.id);
    const ownerId = given.isShared ? null : (known?.makerId ?? actor.id);
    await requireRoom(tx, { ownerId, name, ownId: known?.id });
    const data = { name, body, ownerId };
    if (known) await tx.cannedReply.update({ where: { id: known.id }, data });
    else await tx.cannedReply.create({ data: { ...data, makerId: actor.id } });
  });
}

/** @returns its name. @throws AppError as saveCannedReply() does. */
export async function deleteCannedReply(actor: Actor, id: string): Promise<string> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { name } = await getChangeable(tx, actor, id);
    await tx.cannedReply.delete({ where: { id } });
    return name;
  });
}

const SELECTED = {
  ...{ id: true, name: true, body: true, ownerId: true, makerId: true },
  maker: { select: { name: true } },
} as const;

type Row = {
  id: string;
  name: string;
  body: string;
  ownerId: string | null;
  makerId: string | null;
  maker: { name: string } | null;
};

const seenBy = (viewer: Actor) => ({ OR: [{ ownerId: viewer.id }, { ownerId: null }] });

function replyOf({ id, name, body, ownerId, makerId, maker }: Row, viewer: Actor): CannedReply {
  const isShared = ownerId === null;
  const mayChange = !isShared || viewer.role === "ADMIN" || makerId === viewer.id;
  return { id, name, body, isShared, makerName: maker?.name ?? null, mayChange };
}

async function getChangeable(tx: Pick<Tx, "cannedReply">, actor: Actor, id: string) {
  const row = isUuid(id)
    ? await tx.cannedReply.findFirst({ where: { ...seenBy(actor), id }, select: SELECTED })
    : null;
  if (!row) throw new AppError("not-found", "This canned reply is gone already.");
  const reply = replyOf(row, actor);
  if (!reply.mayChange)
    throw new AppError("forbidden", "Only its maker or an admin changes a shared reply.");
  return { ...reply, makerId: row.makerId };
}

async function requireRoom(
  tx: Tx,
  { ownerId, name, ownId }: { ownerId: string | null; name: string; ownId: string | undefined },
): Promise<void> {
  const others = { ownerId, ...(ownId ? { id: { not: ownId } } : {}) };
  const [taken, count] = await Promise.all([
    tx.cannedReply.findFirst({ where: { ...others, name }, select: { id: true } }),
    tx.cannedReply.count({ where: others }),
  ]);
  if (taken)
    throw new AppError(
      "conflict",
      `There is a canned reply “${name}” already: choose another name.`,
      "name",
    );
  if (count >= REPLIES_MAX)
    throw new AppError("conflict", `There are ${REPLIES_MAX} of them already: delete one first.`);
}

function nameOf(given: string): string {
  const name = cut(oneLine(pgText(given)), CANNED_NAME_MAX);
  if (name === "") throw new AppError("invalid", "Give the reply a name.", "name");
  return name;
}

function bodyOf(given: string): string {
  const body = pgText(given).replace(/\r\n?/g, "\n").trim();
  if (body === "") throw new AppError("invalid", "Write the text of the reply.", "body");
  if (body.length > CANNED_BODY_MAX)
    throw new AppError(
      "invalid",
      `That is too long: ${CANNED_BODY_MAX.toLocaleString("en")} characters at most.`,
      "body",
    );
  const [unknown] = unknownVariables(body);
  if (unknown !== undefined)
    throw new AppError(
      "invalid",
      `{{${unknown}}} stands for nothing. What can be filled in: ${Object.keys(VARIABLES).join(", ")}.`,
      "body",
    );
  return body;
}
