import type { Tx } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import type { MailAddress } from "../mail/mail";
import { isUuid } from "../uuid";
import { addressesOfPerson, type Requester } from "./recipients";
import { addressesOf } from "./stored-json";

/** References we send: enough for every client to thread by (RFC 5322 §3.6.4 sets no bound). */
const REFERENCES_MAX = 20;

/** How far back the mail to answer is looked for; of older ones none is meant by itself. */
const LOOKED_THROUGH = 50;

const SELECT = {
  id: true,
  kind: true,
  messageId: true,
  fromName: true,
  fromAddress: true,
  toAddresses: true,
  ccAddresses: true,
  replyTo: true,
  contactId: true,
  isAside: true,
  sentAt: true,
  createdAt: true,
  newText: true,
  quotedText: true,
  author: { select: { name: true } },
} as const;

/** A mail of a ticket that an answer answers. */
export type AnsweredMail = {
  id: string;
  kind: "INBOUND" | "OUTBOUND";
  messageId: string | null;
  from: MailAddress | null;
  to: MailAddress[];
  cc: MailAddress[];
  replyTo: MailAddress[];
  contactId: string | null;
  /** Its requester has never seen it. */
  isAside: boolean;
  date: Date;
  newText: string;
  quotedText: string;
};

/** What never left is known to nobody. */
const LEFT = { NOT: { outbound: { some: { status: "CANCELLED" } } } } as const;

/**
 * One mail of a ticket that an agent chose to answer or to pass on.
 * @throws AppError "not-found"; a note is no mail.
 */
export async function getMail(
  tx: Pick<Tx, "message">,
  ticketId: string,
  messageRowId: string,
): Promise<AnsweredMail> {
  const row = isUuid(messageRowId)
    ? await tx.message.findFirst({
        where: { id: messageRowId, ticketId, kind: { not: "NOTE" }, ...LEFT },
        select: SELECT,
      })
    : null;
  if (!row) throw new AppError("not-found", "That mail is not on this ticket any more.");
  return mailOf(row);
}

/**
 * The mail an answer to the requester answers: the newest that a person wrote and the requester has
 * seen, as its sender or a recipient. Null where there is none.
 */
export async function findAnsweredMail(
  tx: Pick<Tx, "message">,
  ticketId: string,
  requester: Requester,
): Promise<AnsweredMail | null> {
  const rows = await tx.message.findMany({
    where: {
      ...{ ticketId, kind: "INBOUND", isAside: false },
      // A robot's mail asks nothing; a list passes on a person's.
      OR: [{ automaticKind: null }, { automaticKind: "list" }],
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true, contactId: true, toAddresses: true, ccAddresses: true },
    take: LOOKED_THROUGH,
  });
  const theirs = new Set(addressesOfPerson(requester));
  const seen = rows.find(({ contactId, toAddresses, ccAddresses }) => {
    const named = [...addressesOf(toAddresses), ...addressesOf(ccAddresses)];
    return (
      contactId === requester.id || named.some(({ address }) => theirs.has(addressKey(address)))
    );
  });
  return seen ? getMail(tx, ticketId, seen.id) : null;
}

type MailRow = Prisma.MessageGetPayload<{ select: typeof SELECT }>;

function mailOf(row: MailRow): AnsweredMail {
  const { kind, fromName, fromAddress, author, sentAt, createdAt, ...rest } = row;
  return {
    ...rest,
    kind: kind === "OUTBOUND" ? "OUTBOUND" : "INBOUND",
    from: fromAddress ? { name: fromName || (author?.name ?? ""), address: fromAddress } : null,
    to: addressesOf(row.toAddresses),
    cc: addressesOf(row.ccAddresses),
    replyTo: addressesOf(row.replyTo),
    date: sentAt ?? createdAt,
  };
}

/**
 * The headers that put a mail where it belongs: what it answers, and what came before, oldest first
 * (RFC 5322 §3.6.4). An aside names only mails of asides, and no other mail names those.
 */
export async function threadHeaders(
  tx: Tx,
  ticketId: string,
  { answered, isAside }: { answered: AnsweredMail | null; isAside: boolean },
): Promise<{ inReplyTo: string | null; references: string[] }> {
  const mails = await tx.message.findMany({
    where: {
      ...{ ticketId, isAside, messageId: { not: null }, kind: { in: ["INBOUND", "OUTBOUND"] } },
      ...LEFT,
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { messageId: true, kind: true, automaticKind: true },
    take: 500,
  });
  mails.reverse();
  const ids = mails.map((mail) => mail.messageId).filter((id) => id !== null);
  const people = mails.filter((mail) => mail.kind === "INBOUND" && !mail.automaticKind);
  const newest = isAside ? null : (people.at(-1) ?? mails.at(-1));
  const inReplyTo = answered?.messageId ?? newest?.messageId ?? null;
  const others = [...new Set(ids)].filter((id) => id !== inReplyTo);
  const kept =
    others.length < REFERENCES_MAX
      ? others
      : [...others.slice(0, 1), ...others.slice(-(REFERENCES_MAX - 2))];
  return { inReplyTo, references: inReplyTo ? [...kept, inReplyTo] : kept };
}
