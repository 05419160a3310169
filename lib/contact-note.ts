import { notifyTicketsOf } from "./contacts";
import { inTransaction } from "./db/client";
import { AppError } from "./errors";
import { pgText } from "./mail/text";
import { type Actor, requireDesk } from "./tickets/access";
import { isUuid } from "./uuid";

/** Characters of what agents write about a person. */
export const CONTACT_NOTE_MAX = 4000;

export type NewContactNote = {
  contactId: string;
  note: string;
  /** When the note was written that the agent has before them; null when there was none. */
  seenAt: Date | null;
};

/**
 * Keeps what agents should know about a person; empty takes it away. The same text again changes
 * nothing.
 * @throws AppError "forbidden", "not-found", "invalid" (note) when it is too long; "conflict" when
 * somebody wrote it meanwhile.
 */
export async function writeContactNote(actor: Actor, input: NewContactNote): Promise<void> {
  requireDesk(actor);
  const note = pgText(input.note).replace(/\r\n?/g, "\n").trim();
  if (note.length > CONTACT_NOTE_MAX)
    throw new AppError(
      "invalid",
      `At most ${CONTACT_NOTE_MAX} characters: ${note.length - CONTACT_NOTE_MAX} too many.`,
      "note",
    );
  await inTransaction(async (tx) => {
    const id = isUuid(input.contactId) ? input.contactId : null;
    const [before] = await tx.$queryRaw<{ note: string; noteAt: Date | null }[]>`
      SELECT "note", "noteAt" FROM "Contact"
      WHERE "id" = ${id}::uuid AND "mergedIntoId" IS NULL FOR NO KEY UPDATE`;
    if (!id || !before) throw new AppError("not-found", "There is no such contact.");
    if (before.note === note) return;
    if ((before.noteAt?.getTime() ?? 0) !== (input.seenAt?.getTime() ?? 0))
      throw new AppError(
        "conflict",
        "Somebody else wrote this note meanwhile: read theirs above. Saving again puts yours in its place.",
      );
    await tx.contact.update({
      where: { id },
      data: { note, noteAt: new Date(), noteById: actor.id },
      select: { id: true },
    });
    await notifyTicketsOf(tx, [id]);
  });
}
