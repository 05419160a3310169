import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { pgText } from "../mail/text";
import { attachUploads } from "../uploads";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { oweMentions } from "./agent-notices";
import { endDraft } from "./drafts";
import { recordEvent } from "./events";

import { findMentions, type Mentionable } from "./mentions";

import { TEXT_MAX } from "./text-max";

/**
 * What somebody typed, cleaned for the database.
 * @throws AppError "invalid" when nothing is left, or it is too long.
 */
export function requireText(text: string): string {
  const clean = cleanText(text);
  if (!clean) throw new AppError("invalid", "Write something first.", "text");
  return clean;
}

/** As requireText(), for where nothing need be written. @throws AppError "invalid" when it is too long. */
export function cleanText(text: string): string {
  const clean = pgText(text).replace(/\r\n?/g, "\n").trim();
  if (clean.length > TEXT_MAX)
    throw new AppError(
      "invalid",
      `That is too long: ${TEXT_MAX.toLocaleString("en")} characters at most.`,
      "text",
    );
  return clean;
}

export type NoteInput = {
  number: number;
  text: string;
  /** Files of the actor's draft, by id, in their order. */
  uploads?: readonly string[];
  /** The version of the actor's draft that is added: it ends with it. */
  draftVersion?: string;
};

/** Adds a note that only agents see. @throws AppError "not-found", "invalid". */
export async function addNote(actor: Actor, input: NoteInput): Promise<void> {
  requireDesk(actor);
  const text = requireText(input.text);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, input.number);
    const messageRowId = await addNoteTo(tx, actor, id, text);
    const { uploads = [] } = input;
    await attachUploads(tx, actor, { messageRowId, ticketId: id, ids: uploads, sizeMax: null });
    await endDraft(tx, actor, { ticketId: id, kind: "note", version: input.draftVersion });
  });
}

/** Writes the note into somebody's transaction; `text` has been through requireText(). @returns its row id. */
export async function addNoteTo(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  text: string,
): Promise<string> {
  const { ids, words } = text.includes("@")
    ? findMentions(text, await listMentionable(tx))
    : { ids: [], words: [] };
  const note = await tx.message.create({
    data: {
      ...{ ticketId, kind: "NOTE", text, newText: text, mentions: words },
      ...{ authorId: actor.id, sentAt: new Date() },
    },
    select: { id: true },
  });
  await oweMentions(tx, ticketId, { to: ids, by: actor.id });
  await recordEvent(tx, ticketId, actor.id, { kind: "message", messageRowId: note.id, by: "note" });
  return note.id;
}

/** Agents who can be named in a note, by name. */
export function listMentionable(tx: Pick<Tx, "user">): Promise<Mentionable[]> {
  return tx.user.findMany({
    where: { isActive: true, role: { in: ["ADMIN", "AGENT"] } },
    select: { id: true, name: true, email: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 500,
  });
}
