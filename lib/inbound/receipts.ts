import { z } from "zod";
import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { InboundStatus } from "../db/generated/enums";
import { moveSelect, moveWords } from "../tickets/move-words";
import { isUuid } from "../uuid";
import { type ReceiptHeaders, receiptHeaders } from "./receipt-headers";

export type ReceiptQuery = {
  status: InboundStatus | null;
  accountId: string | null;
  /** Cursors of ReceiptPage: receipts older, or newer, than one. At most one is given. */
  before: string | null;
  after: string | null;
};

/** What became of one mail, as Admin → Mail shows it. */
export type ReceiptRow = {
  id: string;
  receivedAt: Date;
  accountEmail: string | null;
  from: { name: string; address: string } | null;
  subject: string | null;
  status: InboundStatus;
  outcome: ReceiptOutcome;
  reason: string | null;
  error: string | null;
  attempts: number;
  sizeBytes: number;
  /** False when the server could never deliver it: then there is no original to look at or retry. */
  hasOriginal: boolean;
  /** The next poll asks the server for it again. */
  isAskedAgain: boolean;
  ticketNumber: number | null;
};

/** The words of the ledger. `other` never happens unless the books are wrong. */
export type ReceiptOutcome =
  | "ticket"
  | "reply"
  | "automatic"
  | "duplicate"
  | "ignored"
  | "quarantined"
  | "held"
  | "waiting"
  | "other";

export type ReceiptPage = { rows: ReceiptRow[]; older: string | null; newer: string | null };

const PAGE_SIZE = 50;
const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)_([0-9a-f-]{36})$/;

const cursor = z.string().regex(CURSOR).nullable().catch(null);
const querySchema = z.object({
  status: z.enum(InboundStatus).nullable().catch(null),
  account: z.uuid().nullable().catch(null),
  before: cursor,
  after: cursor,
});

/** Reads the page's address; what makes no sense is left out. */
export function parseReceiptQuery(
  params: Record<string, string | string[] | undefined>,
): ReceiptQuery {
  const { status, account, before, after } = querySchema.parse({
    status: params.status ?? null,
    account: params.account ?? null,
    before: params.before ?? null,
    after: params.after ?? null,
  });
  return { status, accountId: account, before, after: before ? null : after };
}

const COLUMNS = {
  id: true,
  receivedAt: true,
  status: true,
  outcome: true,
  reason: true,
  error: true,
  attempts: true,
  size: true,
  refetchAt: true,
  account: { select: { email: true } },
  raw: { select: { inboundEmailId: true } },
  message: {
    select: {
      fromName: true,
      fromAddress: true,
      subject: true,
      automaticKind: true,
      move: moveSelect,
      ticket: { select: { number: true, deletedAt: true } },
    },
  },
} satisfies Prisma.InboundEmailSelect;

type Row = Prisma.InboundEmailGetPayload<{ select: typeof COLUMNS }>;

/** Receipts, newest first, fifty at a time; never the mails' bytes. */
export async function listReceipts(query: Partial<ReceiptQuery>): Promise<ReceiptPage> {
  const isNewer = !query.before && Boolean(query.after);
  const order = isNewer ? "asc" : "desc";
  const found = await db().prisma.inboundEmail.findMany({
    where: {
      ...(query.status ? { status: query.status } : {}),
      ...(query.accountId ? { accountId: query.accountId } : {}),
      ...beyond(query.before ?? query.after ?? null, isNewer ? "gt" : "lt"),
    },
    orderBy: [{ receivedAt: order }, { id: order }],
    take: PAGE_SIZE + 1,
    select: COLUMNS,
  });
  const hasMore = found.length > PAGE_SIZE;
  const page = found.slice(0, PAGE_SIZE);
  if (isNewer) page.reverse();
  const headers = await receiptHeaders(page.filter((row) => !row.message).map((row) => row.id));
  const [first, last] = [page.at(0), page.at(-1)];
  const hasOlder = isNewer || hasMore;
  const hasNewer = isNewer ? hasMore : Boolean(query.before);
  return {
    rows: page.map((row) => rowOf(row, headers.get(row.id))),
    older: last && hasOlder ? cursorOf(last) : null,
    newer: first && hasNewer ? cursorOf(first) : null,
  };
}

function beyond(at: string | null, side: "gt" | "lt"): Prisma.InboundEmailWhereInput {
  const [, time, id] = (at && CURSOR.exec(at)) || [];
  if (!time || !id || !isUuid(id)) return {};
  const receivedAt = new Date(time);
  if (Number.isNaN(receivedAt.getTime())) return {};
  return {
    OR: [{ receivedAt: { [side]: receivedAt } }, { receivedAt, id: { [side]: id } }],
  };
}

function cursorOf(row: Row): string {
  return `${row.receivedAt.toISOString()}_${row.id}`;
}

function rowOf(row: Row, headers: ReceiptHeaders | undefined): ReceiptRow {
  const { message } = row;
  const ticket = message?.ticket.deletedAt === null ? message.ticket : null;
  return {
    id: row.id,
    receivedAt: row.receivedAt,
    accountEmail: row.account?.email ?? null,
    from: message?.fromAddress
      ? { name: message.fromName, address: message.fromAddress }
      : (headers?.from ?? null),
    subject: message?.subject ?? headers?.subject ?? null,
    status: row.status,
    outcome: outcomeOf(row.status, row.outcome, message?.automaticKind ?? null),
    reason:
      message?.move && row.reason ? `${row.reason}; ${correctionOf(message.move)}` : row.reason,
    error: row.error,
    attempts: row.attempts,
    sizeBytes: row.size,
    hasOriginal: row.raw !== null,
    isAskedAgain: row.refetchAt !== null,
    ticketNumber: ticket?.number ?? null,
  };
}

/** An agent's correction, behind what happened first. */
function correctionOf(move: Parameters<typeof moveWords>[0]): string {
  const words = moveWords(move);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function outcomeOf(
  status: InboundStatus,
  outcome: string | null,
  automaticKind: string | null,
): ReceiptOutcome {
  switch (status) {
    case "PENDING":
      return "waiting";
    case "DUPLICATE":
      return "duplicate";
    case "IGNORED":
      return "ignored";
    case "HELD":
      return "held";
    case "QUARANTINED":
      return "quarantined";
    case "PROCESSED":
      if (automaticKind) return "automatic";
      if (outcome === "ticket") return "ticket";
      return outcome === "message" ? "reply" : "other";
  }
}

/** Everything that was seen since `since`, by what became of it. */
export type Ledger = { seen: number; parts: Record<ReceiptOutcome, number>; addsUp: boolean };

/**
 * Accounts for every mail received since `since`. The total is counted by itself, so "adds up" is a
 * check and not a definition.
 */
export async function mailLedger(since: Date, accountId: string | null): Promise<Ledger> {
  const ofAccount = accountId ? { accountId } : {};
  const where = { receivedAt: { gte: since }, ...ofAccount };
  const [seen, groups, automatic] = await db().prisma.$transaction(
    [
      db().prisma.inboundEmail.count({ where }),
      db().prisma.inboundEmail.groupBy({
        by: ["status", "outcome"],
        where,
        orderBy: { status: "asc" },
        _count: { _all: true },
      }),
      db().prisma.inboundEmail.groupBy({
        by: ["outcome"],
        where: { ...where, status: "PROCESSED", message: { automaticKind: { not: null } } },
        orderBy: { outcome: "asc" },
        _count: { _all: true },
      }),
    ],
    { isolationLevel: "RepeatableRead" },
  );
  const parts: Ledger["parts"] = {
    ticket: 0,
    reply: 0,
    automatic: 0,
    duplicate: 0,
    ignored: 0,
    quarantined: 0,
    held: 0,
    waiting: 0,
    other: 0,
  };
  for (const group of groups) parts[outcomeOf(group.status, group.outcome, null)] += countOf(group);
  for (const group of automatic) {
    parts[outcomeOf("PROCESSED", group.outcome, null)] -= countOf(group);
    parts.automatic += countOf(group);
  }
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  return { seen, parts, addsUp: sum === seen && parts.other === 0 };
}

function countOf(group: { _count?: true | { _all?: number } }): number {
  return typeof group._count === "object" ? (group._count._all ?? 0) : 0;
}

/** Mails of one account that wait for an admin; `accountId` null for accounts that were deleted. */
export type WaitingMails = { accountId: string | null; email: string | null; count: number };

/** How many mails are on hold, account by account. */
export async function heldMails(accountId: string | null): Promise<WaitingMails[]> {
  const groups = await db().prisma.inboundEmail.groupBy({
    by: ["accountId"],
    where: { status: "HELD", ...(accountId ? { accountId } : {}) },
    _count: { _all: true },
  });
  const ids = groups.flatMap((group) => group.accountId ?? []);
  const accounts = await db().prisma.emailAccount.findMany({
    where: { id: { in: ids } },
    select: { id: true, email: true },
  });
  const emails = new Map(accounts.map(({ id, email }) => [id, email]));
  return groups
    .map((group) => ({
      accountId: group.accountId,
      email: (group.accountId && emails.get(group.accountId)) || null,
      count: group._count._all,
    }))
    .sort((a, b) => (a.email ?? "").localeCompare(b.email ?? ""));
}

/** How many quarantined mails can be tried again: those whose bytes we have. */
export async function countRetryable(accountId: string | null): Promise<number> {
  return db().prisma.inboundEmail.count({
    where: { status: "QUARANTINED", raw: { isNot: null }, ...(accountId ? { accountId } : {}) },
  });
}
