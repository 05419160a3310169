import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { cut, oneLine, pgText } from "../mail/text";
import { type Actor, requireDesk } from "./access";
import { EVERY_OPEN_TICKET, firstPageString, isFiltered, parseTicketAddress } from "./query";

/** Views a person may have of their own, and views all may share. */
const VIEWS_MAX = 50;
/** Of each of the two kinds, so many stand in the menu: more would hide work. */
const MENU_MAX = 12;
export const VIEW_NAME_MAX = 60;

export type SavedView = {
  id: string;
  name: string;
  /** As firstPageString() writes it. */
  query: string;
  isShared: boolean;
  makerName: string | null;
  /** Whether the viewer may rename, move, share and delete it. */
  mayChange: boolean;
};

/** The views a person has: those of everybody, and their own; each kind in its order. */
export type SavedViews = { shared: SavedView[]; own: SavedView[] };

/** @throws AppError "forbidden" for customers, as everything here does. */
export async function listSavedViews(viewer: Actor): Promise<SavedViews> {
  requireDesk(viewer);
  const rows = await db().prisma.savedView.findMany({
    where: seenBy(viewer),
    select: SELECTED,
    orderBy: ORDER,
    take: 2 * VIEWS_MAX,
  });
  const views = rows.map((row) => viewOf(row, viewer));
  return {
    shared: views.filter(({ isShared }) => isShared),
    own: views.filter(({ isShared }) => !isShared),
  };
}

/** The first twelve of each kind: what the menu shows. */
export function viewsOfMenu({ shared, own }: SavedViews): SavedView[] {
  return [...shared.slice(0, MENU_MAX), ...own.slice(0, MENU_MAX)];
}

/** The viewer's view of exactly this query (as firstPageString() writes it), or null. */
export async function findSavedView(viewer: Actor, query: string): Promise<SavedView | null> {
  requireDesk(viewer);
  if (query === "") return null;
  const row = await db().prisma.savedView.findFirst({
    where: { ...seenBy(viewer), query },
    select: SELECTED,
    orderBy: ORDER,
  });
  return row && viewOf(row, viewer);
}

export type ViewToSave = {
  /** May be empty for a view that takes another's place: it keeps that one's name. */
  name: string;
  /** The list's address, after the "?". */
  address: string;
  isShared: boolean;
  /** The view whose place it takes, and whose kind it keeps; null for a new one. */
  replacedId: string | null;
};

/**
 * Keeps a list under a name, at the end of the views of its kind, or in the place of another view
 * that the actor may change. @returns its query.
 * @throws AppError "invalid" for a list that is not understood or that nothing narrows or sorts, and
 * for no name; "conflict" for a name that is taken and from the 51st view of a kind on; of the
 * replaced view as renameSavedView() does.
 */
export async function saveView(actor: Actor, given: ViewToSave): Promise<string> {
  requireDesk(actor);
  const query = queryOf(given.address);
  await changing(async (tx) => {
    if (given.replacedId) {
      const { id, isShared, ...replaced } = await getChangeable(tx, actor, given.replacedId);
      const name = nameOf(given.name.trim() || replaced.name);
      await requireNewName(tx, isShared ? null : actor.id, name, id);
      await tx.savedView.update({ where: { id }, data: { name, query } });
      return;
    }
    const name = nameOf(given.name);
    const ownerId = given.isShared ? null : actor.id;
    const position = await requireRoom(tx, ownerId, name);
    await tx.savedView.create({ data: { name, query, ownerId, makerId: actor.id, position } });
  });
  return query;
}

/**
 * @throws AppError "not-found" for one that is gone or somebody else's own; "forbidden" for a shared
 * one unless an admin or its maker asks; "invalid" and "conflict" as saveView() does.
 */
export async function renameSavedView(actor: Actor, id: string, given: string): Promise<void> {
  requireDesk(actor);
  const name = nameOf(given);
  await changing(async (tx) => {
    const { isShared } = await getChangeable(tx, actor, id);
    await requireNewName(tx, isShared ? null : actor.id, name, id);
    await tx.savedView.update({ where: { id }, data: { name } });
  });
}

/** Up or down by one among the views of its kind; at the end it stays. @throws as renameSavedView(). */
export async function moveSavedView(actor: Actor, id: string, way: "up" | "down"): Promise<void> {
  requireDesk(actor);
  await changing(async (tx) => {
    const { isShared } = await getChangeable(tx, actor, id);
    const rows = await tx.savedView.findMany({
      where: { ownerId: isShared ? null : actor.id },
      select: { id: true },
      orderBy: ORDER,
    });
    const ids = rows.map((row) => row.id);
    const from = ids.indexOf(id);
    const to = Math.min(Math.max(from + (way === "up" ? -1 : 1), 0), ids.length - 1);
    ids.splice(to, 0, ...ids.splice(from, 1));
    for (const [position, one] of ids.entries())
      await tx.savedView.update({ where: { id: one }, data: { position } });
  });
}

/**
 * Gives a view to everybody, or takes it back: then it is its maker's own again, or the actor's where
 * the maker is gone. @throws as renameSavedView(); "conflict" where the other kind has no room or
 * the name already.
 */
export async function shareSavedView(actor: Actor, id: string, isShared: boolean): Promise<void> {
  requireDesk(actor);
  await changing(async (tx) => {
    const view = await getChangeable(tx, actor, id);
    if (view.isShared === isShared) return;
    const ownerId = isShared ? null : (view.makerId ?? actor.id);
    const position = await requireRoom(tx, ownerId, view.name);
    await tx.savedView.update({ where: { id }, data: { ownerId, position } });
  });
}

/** Its tickets stay as they are. @returns its name. @throws as renameSavedView(). */
export async function deleteSavedView(actor: Actor, id: string): Promise<string> {
  requireDesk(actor);
  return changing(async (tx) => {
    const { name } = await getChangeable(tx, actor, id);
    await tx.savedView.delete({ where: { id } });
    return name;
  });
}

const SELECTED = {
  id: true,
  name: true,
  query: true,
  ownerId: true,
  makerId: true,
  maker: { select: { name: true } },
} as const;

const ORDER = [
  { position: "asc" },
  { createdAt: "asc" },
  { id: "asc" },
] as const satisfies object[];

type Row = {
  id: string;
  name: string;
  query: string;
  ownerId: string | null;
  makerId: string | null;
  maker: { name: string } | null;
};

const seenBy = (viewer: Actor) => ({ OR: [{ ownerId: viewer.id }, { ownerId: null }] });

function viewOf(row: Row, viewer: Actor): SavedView {
  const { id, name, query, ownerId, makerId, maker } = row;
  const isShared = ownerId === null;
  const mayChange = !isShared || viewer.role === "ADMIN" || makerId === viewer.id;
  return { id, name, query, isShared, makerName: maker?.name ?? null, mayChange };
}

/** One change of views at a time, so that limits, names and places hold. */
function changing<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('SavedView'))`;
    return work(tx);
  });
}

async function getChangeable(tx: Tx, actor: Actor, id: string) {
  const row = await tx.savedView.findFirst({
    where: { ...seenBy(actor), id },
    select: SELECTED,
  });
  if (!row) throw new AppError("not-found", "This view is gone already.");
  const view = viewOf(row, actor);
  if (!view.mayChange)
    throw new AppError("forbidden", "Only its maker or an admin changes a shared view.");
  return { ...view, makerId: row.makerId };
}

/** @returns the place after the last one. */
async function requireRoom(tx: Tx, ownerId: string | null, name: string): Promise<number> {
  await requireNewName(tx, ownerId, name);
  const [count, last] = await Promise.all([
    tx.savedView.count({ where: { ownerId } }),
    tx.savedView.aggregate({ where: { ownerId }, _max: { position: true } }),
  ]);
  if (count >= VIEWS_MAX)
    throw new AppError(
      "conflict",
      ownerId
        ? `There are ${VIEWS_MAX} views of one person already: delete one first.`
        : `There are ${VIEWS_MAX} shared views already: delete one first.`,
    );
  return (last._max.position ?? -1) + 1;
}

async function requireNewName(
  tx: Tx,
  ownerId: string | null,
  name: string,
  ownId?: string,
): Promise<void> {
  const taken = await tx.savedView.findFirst({
    where: {
      ...{ ownerId, name: { equals: name, mode: "insensitive" } },
      ...(ownId ? { id: { not: ownId } } : {}),
    },
    select: { id: true },
  });
  if (taken)
    throw new AppError(
      "conflict",
      `There is a view “${name}” already: choose another name.`,
      "name",
    );
}

function nameOf(given: string): string {
  const name = cut(oneLine(pgText(given)), VIEW_NAME_MAX);
  if (name === "") throw new AppError("invalid", "Give the view a name.", "name");
  return name;
}

function queryOf(address: string): string {
  const { query, notes } = parseTicketAddress(address);
  if (notes.length > 0)
    throw new AppError("invalid", "Part of this list’s address is not known: filter it again.");
  if (!isFiltered(query) && query.sort === EVERY_OPEN_TICKET.sort)
    throw new AppError(
      "invalid",
      "Filter or sort the list first: this view is in the menu already.",
    );
  return firstPageString(query);
}
