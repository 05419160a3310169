import { db } from "../db/client";
import { FILES_BYTES_MAX } from "../mail/mail-size";
import { filesLimitOf, type Upload, uploadSelect } from "../uploads";
import { type Actor, requireDesk } from "./access";
import { DRAFT_KINDS, type Draft, type DraftKind, draftOf, draftSelect } from "./drafts";

export type Begun = {
  draft: Draft | null;
  uploads: Upload[];
  /** Bytes all files of the message may have together. */
  filesLimit: number;
};

/**
 * What an agent has begun to write on a ticket, also on those that were merged into it, and what may
 * go with it. @throws AppError "forbidden" for customers; "not-found" for a missing or deleted ticket.
 */
export async function findBegun(actor: Actor, number: number): Promise<Record<DraftKind, Begun>> {
  requireDesk(actor);
  const ticket = { OR: [{ number }, { mergedInto: { number } }] };
  const [drafts, uploads, replyLimit] = await Promise.all([
    db().prisma.draft.findMany({
      where: { userId: actor.id, ticket },
      select: { ...draftSelect, kind: true },
      orderBy: { updatedAt: "desc" },
      take: 20,
    }),
    db().prisma.upload.findMany({
      where: { ownerId: actor.id, ticket },
      select: { ...uploadSelect, kind: true },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      take: 200,
    }),
    filesLimitOf({ number, kind: "reply" }),
  ]);
  const begunOf = (kind: DraftKind): Begun => {
    const draft = drafts.find((row) => row.kind === kind);
    return {
      draft: draft ? draftOf(draft) : null,
      uploads: uploads.flatMap(({ kind: of, ...upload }) => (of === kind ? [upload] : [])),
      filesLimit: kind === "reply" ? replyLimit : FILES_BYTES_MAX,
    };
  };
  const [reply, note] = DRAFT_KINDS;
  return { reply: begunOf(reply), note: begunOf(note) };
}
