import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { textToHtml } from "../mail/compose";
import { FILES_BYTES_MAX, filesBytesMax, megabytes } from "../mail/mail-size";
import { forwardBelow } from "../mail/quote-below";
import { forwardedSubject } from "../mail/subject";
import { cut, pgText } from "../mail/text";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { type AnsweredMail, getMail } from "./answered-mail";
import { endDraft } from "./drafts";
import { readRecipients, refuseOwnAddresses } from "./recipients";
import {
  findTicket,
  isWithoutRequester,
  type MailInput,
  refuseWhenOvertaken,
  senderOf,
  setStatusWith,
  writeMail,
} from "./write-mail";
import { cleanWritten } from "./written";

export type ForwardInput = MailInput & {
  /** The mail that is passed on. */
  messageRowId: string;
  /** Whether its files go along. */
  withFiles: boolean;
};

/**
 * Passes a mail of a ticket on to somebody else, with an agent's words above it, or none. It stands on
 * the ticket as an aside: the requester sees it nowhere. Who answers it joins the ticket as a new
 * participant, as does whoever answers a mail of ours.
 * @throws AppError "not-found" for a note or a mail that is not there, "invalid" (text, addresses,
 * files), "conflict" (newer message, no account).
 */
export async function forwardMail(
  actor: Actor,
  input: ForwardInput,
): Promise<{ messageRowId: string }> {
  requireDesk(actor);
  const { text, html } = cleanWritten(input);
  const recipients = readRecipients({ to: [], ...input }, []);
  const { uploads = [] } = input;
  return inTransaction(async (tx) => {
    const access = await requireTicketAccess(tx, actor, input.number);
    await refuseWhenOvertaken(tx, access.id, input.lastMessageRowId);
    await refuseOwnAddresses(tx, recipients);
    const ticket = await findTicket(tx, access.id);
    const original = await getMail(tx, ticket.id, input.messageRowId);
    const account = await senderOf(tx, ticket, input.sender);
    const files = input.withFiles ? await filesOf(tx, original.id, account.smtpSizeMax) : [];
    const { subject, ...whole } = await wholeMail(tx, original);
    const below = forwardBelow({ ...original, ...whole, subject }, { withImages: input.withFiles });
    const messageRowId = await writeMail(tx, actor, ticket, {
      ...{ recipients, below, inReplyTo: null, references: [], movesNextStep: false },
      account,
      subject: `Fwd: ${cut(forwardedSubject(subject || ticket.subject), 900)}`,
      words: { text, html: html ?? (whole.html === null ? null : textToHtml(text)) },
      uploads,
      besideBytes: bytesOf(files),
      isAside: isWithoutRequester(recipients, ticket.requester),
      forwardOfId: original.id,
      ...(input.undoSeconds ? { undoSeconds: input.undoSeconds } : {}),
    });
    await tx.attachment.createMany({
      data: files.map((file, n) => ({ ...file, messageRowId, position: uploads.length + n })),
    });
    if (input.status) await setStatusWith(tx, actor, ticket.id, input.status, messageRowId);
    await endDraft(tx, actor, { ticketId: ticket.id, kind: "reply", version: input.draftVersion });
    return { messageRowId };
  });
}

async function wholeMail(
  tx: Tx,
  { id }: AnsweredMail,
): Promise<{ text: string; html: string | null; subject: string }> {
  const row = await tx.message.findUniqueOrThrow({
    where: { id },
    select: { text: true, html: true, subject: true, newText: true },
  });
  return { text: row.text || row.newText, html: row.html || null, subject: pgText(row.subject) };
}

/**
 * Rows that name the same bytes: nothing is copied, so nothing can change on the way.
 * @param sizeMax the largest mail its server takes, in bytes; null when unknown
 */
async function filesOf(tx: Tx, messageRowId: string, sizeMax: number | null) {
  const files = await tx.attachment.findMany({
    where: { messageRowId },
    orderBy: { position: "asc" },
    omit: { id: true, messageRowId: true },
  });
  const max = filesBytesMax(sizeMax);
  if (bytesOf(files) > max)
    throw new AppError(
      "invalid",
      `Its files are ${Math.ceil(bytesOf(files) / 1024 / 1024)} MB, more than the ${megabytes(max)} that ${max === FILES_BYTES_MAX ? "servers take" : "the mail server takes"}. Leave them out, or send a link.`,
      "withFiles",
    );
  return files;
}

function bytesOf(files: readonly { size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
