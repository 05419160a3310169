import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { AppError } from "../errors";
import { isWrappingRemark, wrappingsOf } from "../mail/wrapping";
import { type Recipient, recipientsSchema } from "../outbound/bounce";
import { findHeldUp } from "../outbound/rate-limit";
import { ownAddresses } from "../ticket-address";
import { isUuid } from "../uuid";
import { type Actor, requireDesk } from "./access";
import { attachmentSelect } from "./attachment-select";
import { cancelledBy, secondsToUndo } from "./delivery-state";
import { idsIn, moveIdOf } from "./describe-event";
import { forwardedAddresses, forwardedChoice } from "./forwarded-choice";
import { inOrder } from "./in-order";
import { moveSelect } from "./move-words";
import { addressesOf, authenticationOf, calendarOf } from "./stored-json";

/** Messages and events shown at once: the newest ones, unless all are asked for. */
const ITEMS_SHOWN = 40;
/** An upper bound also for "all". */
const ITEMS_MAX = 5000;
/** Earlier tickets named beside the conversation. */
const EARLIER_TICKETS_SHOWN = 5;

const personSelect = { select: { id: true, name: true, email: true } } as const;

const ticketSelect = {
  id: true,
  number: true,
  subject: true,
  status: true,
  priority: true,
  source: true,
  isSpam: true,
  isAutomatic: true,
  awaitingUs: true,
  awaitingSince: true,
  lastMessageAt: true,
  snoozedUntil: true,
  createdAt: true,
  firstResponseDueAt: true,
  resolutionDueAt: true,
  dueAt: true,
  dueWarnAt: true,
  tags: { select: { name: true }, orderBy: { name: "asc" } },
  account: { select: { id: true, email: true, isActive: true } },
  requester: {
    select: {
      id: true,
      name: true,
      email: true,
      createdAt: true,
      user: { select: { id: true } },
      bouncedAt: true,
      bounceReason: true,
      note: true,
      noteAt: true,
      noteBy: { select: { name: true } },
      mergedFrom: {
        select: { email: true, bouncedAt: true, bounceReason: true },
        orderBy: { email: "asc" },
      },
    },
  },
  assignee: { select: { id: true, name: true } },
  mergedInto: { select: { number: true } },
  possibleReplyTo: { select: { number: true, subject: true, deletedAt: true } },
} as const satisfies Prisma.TicketSelect;

const messageSelect = {
  id: true,
  kind: true,
  messageId: true,
  fromName: true,
  fromAddress: true,
  toAddresses: true,
  ccAddresses: true,
  bccAddresses: true,
  isAside: true,
  replyTo: true,
  subject: true,
  sentAt: true,
  createdAt: true,
  newText: true,
  quotedText: true,
  automaticKind: true,
  automaticWhy: true,
  authentication: true,
  calendar: true,
  forwarded: true,
  spamVerdict: true,
  warnings: true,
  reason: true,
  isNewParticipant: true,
  mentions: true,
  contactId: true,
  author: { select: { id: true, name: true } },
  move: moveSelect,
  attachments: attachmentSelect,
  outbound: {
    select: {
      id: true,
      status: true,
      recipients: true,
      attempts: true,
      nextAttemptAt: true,
      giveUpAt: true,
      lastResponse: true,
      lastError: true,
      lastErrorFix: true,
      sentAt: true,
      account: { select: { email: true } },
    },
    orderBy: { createdAt: "asc" },
  },
  receipts: {
    select: {
      id: true,
      status: true,
      reason: true,
      receivedAt: true,
      folder: true,
      account: { select: { email: true } },
      sha256: true,
    },
    orderBy: [{ receivedAt: "asc" }, { id: "asc" }],
    take: 20,
  },
} as const satisfies Prisma.MessageSelect;

type MessageRow = Prisma.MessageGetPayload<{ select: typeof messageSelect }>;
type DeliveryRow = MessageRow["outbound"][number];

export type Delivery = Omit<DeliveryRow, "recipients"> & {
  recipients: Recipient[];
  /** It is due, but its account has sent all it may in this minute. */
  isHeldUp: boolean;
  /** Who stopped it, when it is cancelled. */
  cancelledBy: string | null;
  /** How long the viewer may still take it back; 0 when they may not. */
  undoSeconds: number;
};

export type ConversationMessage = ReturnType<typeof messageOf>;

export type ConversationEvent = {
  id: string;
  kind: string;
  data: Prisma.JsonValue;
  createdAt: Date;
  actor: { id: string; name: string } | null;
};

export type ConversationItem =
  | { type: "message"; at: Date; message: ConversationMessage }
  | { type: "event"; at: Date; event: ConversationEvent };

export type Conversation = Awaited<ReturnType<typeof readConversation>>;

export type ConversationTicket = Awaited<ReturnType<typeof getTicket>>;

/** getTicket() and readConversation(), one after the other. */
export async function getConversation(viewer: Actor, number: number, options = { all: false }) {
  return readConversation(viewer, await getTicket(viewer, number), options);
}

/**
 * The ticket itself: what stands above a conversation and beside it.
 * @throws AppError "forbidden" for customers, "not-found" for a missing or deleted ticket.
 */
export async function getTicket(viewer: Actor, number: number) {
  requireDesk(viewer);
  const ticket = await db().prisma.ticket.findFirst({
    where: { number, deletedAt: null },
    select: ticketSelect,
  });
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  const { tags, snoozedUntil, possibleReplyTo } = ticket;
  return {
    ...ticket,
    tags: tags.map(({ name }) => name),
    snoozedUntil: snoozedUntil && snoozedUntil > new Date() ? snoozedUntil : null,
    possibleReplyTo: possibleReplyTo?.deletedAt ? null : possibleReplyTo,
  };
}

/**
 * Everything an agent sees of a ticket, oldest first: the newest 40 messages, or all with `all`.
 * @throws AppError "forbidden" for customers.
 */
export async function readConversation(
  viewer: Actor,
  ticket: ConversationTicket,
  options = { all: false },
) {
  requireDesk(viewer);
  const take = options.all ? ITEMS_MAX : ITEMS_SHOWN;
  const where = { ticketId: ticket.id };
  const orderBy = [{ createdAt: "desc" as const }, { id: "desc" as const }];
  const [messages, all, events, participants, earlier] = await Promise.all([
    db().prisma.message.findMany({ where, select: messageSelect, orderBy, take }),
    allMessages(ticket.id),
    db().prisma.ticketEvent.findMany({
      where: { ...where, kind: { not: "message" } },
      select: {
        id: true,
        kind: true,
        data: true,
        createdAt: true,
        actor: { select: { id: true, name: true } },
      },
      orderBy,
      take,
    }),
    db().prisma.ticketParticipant.findMany({
      where,
      select: {
        role: true,
        isNew: true,
        getsCopies: true,
        contact: personSelect,
        approvedBy: { select: { name: true } },
      },
      orderBy: [{ createdAt: "asc" }, { contactId: "asc" }],
      take: 100,
    }),
    earlierTickets(ticket),
  ]);
  const [held, own, names, open] = await Promise.all([
    findHeldUp(messages.flatMap(({ outbound }) => outbound.map(({ id }) => id))),
    ownAddresses(db().prisma, messages.flatMap(forwardedAddresses)),
    namesOf(idsIn(events)),
    undoable(events),
  ]);
  const around = { viewer, held, events, own, requester: ticket.requester };
  const shown = messages.map((row) => messageOf(row, all.withHtml.has(row.id), around)).reverse();
  const oldest = messages.length < all.count ? shown[0]?.createdAt : undefined;
  return {
    ticket,
    items: inOrder(shown, events.reverse(), oldest),
    hiddenMessages: all.count - messages.length,
    lastMessageRowId: shown.at(-1)?.id ?? null,
    names,
    undoable: open,
    participants,
    earlier,
  };
}

/**
 * Remembers that an agent has seen a ticket up to `lastMessageAt`: mail that arrived while they
 * looked stays unread.
 */
export async function markRead(
  viewer: Actor,
  ticket: { id: string; lastMessageAt: Date },
): Promise<void> {
  requireDesk(viewer);
  await db().prisma.$executeRaw`
    INSERT INTO "TicketRead" ("ticketId", "userId", "readAt")
    VALUES (${ticket.id}::uuid, ${viewer.id}::uuid, ${ticket.lastMessageAt})
    ON CONFLICT ("ticketId", "userId")
      DO UPDATE SET "readAt" = greatest("TicketRead"."readAt", EXCLUDED."readAt")`;
}

/** One receipt of a ticket's mail, for the page that shows the original. Errors as above. */
export async function getReceipt(viewer: Actor, number: number, receiptId: string) {
  requireDesk(viewer);
  const none = new AppError("not-found", "There is no such mail on this ticket.");
  if (!isUuid(receiptId)) throw none;
  const receipt = await db().prisma.inboundEmail.findFirst({
    where: { id: receiptId, message: { ticket: { number, deletedAt: null } } },
    select: {
      id: true,
      status: true,
      reason: true,
      receivedAt: true,
      internalDate: true,
      folder: true,
      size: true,
      isTruncated: true,
      account: { select: { email: true } },
      message: { select: { subject: true, authentication: true, warnings: true } },
    },
  });
  if (!receipt?.message) throw none;
  const { message, ...rest } = receipt;
  return { ...rest, message: { ...message, authentication: authenticationOf(message) } };
}

/** The names of users and contacts. */
async function namesOf(given: string[]): Promise<Map<string, string>> {
  const ids = given.filter(isUuid);
  if (ids.length === 0) return new Map();
  const where = { id: { in: ids } };
  const [users, contacts] = await Promise.all([
    db().prisma.user.findMany({ where, select: { id: true, name: true } }),
    db().prisma.contact.findMany({ where, select: { id: true, name: true, email: true } }),
  ]);
  return new Map([
    ...users.map(({ id, name }) => [id, name] as const),
    ...contacts.map(({ id, name, email }) => [id, name || email] as const),
  ]);
}

/** Of the moves, splits and merges that events tell of, those nobody has undone. */
async function undoable(events: { data: unknown }[]): Promise<Set<string>> {
  const ids = events.flatMap((event) => moveIdOf(event) ?? []).filter(isUuid);
  if (ids.length === 0) return new Set();
  const rows = await db().prisma.ticketMove.findMany({
    where: { id: { in: ids }, undoneAt: null },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** How many there are, and which have HTML: that itself may be a megabyte each. */
async function allMessages(ticketId: string): Promise<{ count: number; withHtml: Set<string> }> {
  const [row] = await db().prisma.$queryRaw<{ count: number; withHtml: string[] | null }[]>`
    SELECT count(*)::int AS "count", array_agg("id"::text) FILTER (WHERE "html" IS NOT NULL) AS "withHtml"
    FROM "Message" WHERE "ticketId" = ${ticketId}::uuid`;
  return { count: row?.count ?? 0, withHtml: new Set(row?.withHtml) };
}

async function earlierTickets(ticket: { id: string; requester: { id: string } | null }) {
  if (!ticket.requester) return { count: 0, tickets: [] };
  const where = {
    requesterId: ticket.requester.id,
    id: { not: ticket.id },
    deletedAt: null,
    mergedIntoId: null,
  };
  const [count, tickets] = await Promise.all([
    db().prisma.ticket.count({ where }),
    db().prisma.ticket.findMany({
      where,
      select: { number: true, subject: true, status: true, lastMessageAt: true },
      orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }],
      take: EARLIER_TICKETS_SHOWN,
    }),
  ]);
  return { count, tickets };
}

/** What a message says beside what its row holds; events are newest first. */
type Around = {
  viewer: Actor;
  held: Set<string>;
  events: ConversationEvent[];
  own: Set<string>;
  requester: Parameters<typeof forwardedChoice>[1];
};

function messageOf(row: MessageRow, hasHtml: boolean, around: Around) {
  const { viewer, held, events } = around;
  const { toAddresses, ccAddresses, bccAddresses, replyTo, outbound, receipts, ...rest } = row;
  return {
    ...rest,
    hasHtml,
    /** What a reader takes for its time: the mail's own date, as far as it was believed. */
    saidAt: row.sentAt ?? row.createdAt,
    to: addressesOf(toAddresses),
    cc: addressesOf(ccAddresses),
    /** Whom the others do not see. */
    bcc: addressesOf(bccAddresses),
    replyTo: addressesOf(replyTo),
    authentication: authenticationOf(row),
    calendar: calendarOf(row),
    forwarded: forwardedChoice(row, around.requester, around.own),
    wrappings: wrappingsOf({ attachments: row.attachments, text: row.newText }),
    warnings: row.warnings.filter((warning) => !isWrappingRemark(warning)),
    deliveries: outbound.map(
      (delivery): Delivery => ({
        ...delivery,
        recipients: recipientsSchema.safeParse(delivery.recipients).data ?? [],
        isHeldUp: held.has(delivery.id),
        cancelledBy: cancelledBy(delivery, events),
        undoSeconds:
          row.author?.id === viewer.id || viewer.role === "ADMIN" ? secondsToUndo(delivery) : 0,
      }),
    ),
    receipts: receipts.map(({ sha256, ...receipt }) => ({ ...receipt, hasBytes: sha256 !== null })),
  };
}
