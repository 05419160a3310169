import type pg from "pg";
import { blockKeys } from "../blocked-senders";
import { askTogether, type Question } from "../db/ask-together";
import { addressKey } from "../mail/address";
import type { FiledMail } from "../mail/file-away";
import type { ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { accountOfPlusAddress } from "../mail/plus-address";
import { type ServiceTime, type ServiceTimeRow, serviceTime } from "../service-time";
import { isTestMail } from "../test-mail";
import type { TicketState } from "../tickets/inbound-state";
import { recipientsOf } from "./own-address";
import { answeredByMachine, ownNoticeKeys } from "./own-notice";
import type { ClaimedReceipt } from "./receipt-claims";
import type { StoredAttachment } from "./record";
import { floodCountsFrom, SENDER_FLOOD_MAX } from "./sender-flood";
import { type NamedMessage, threadKeys } from "./thread";

/** A mail of a batch, read and ready to be routed. */
export type BatchMail = {
  receipt: ClaimedReceipt;
  /** Its files are stored, or ranges of its raw mail. */
  mail: Omit<FiledMail, "attachments"> & { attachments: StoredAttachment[] };
  contentId: string;
  at: Date;
};

export type TicketFact = {
  id: string;
  number: number;
  isSpam: boolean;
  isDeleted: boolean;
  isMerged: boolean;
  state: TicketState;
  participants: number;
  /** Its account has hours or targets. */
  isTimed: boolean;
};

export type ContactFact = {
  id: string;
  name: string;
  userId: string | null;
  isMerged: boolean;
  hasBounced: boolean;
  /** Tickets it opened that may count for senderFlood(): never fewer. */
  opened: number;
};

/** All that routing the mails of a batch asks the database, asked once for all of them. */
export type BatchFacts = {
  /** By contentId. */
  known: Map<string, { messageRowId: string; number: number }>;
  /** By messageIdKey, oldest first. */
  messages: Map<string, NamedMessage[]>;
  /** Keys of notices and replies of our own, and which of them are notices. */
  sent: Set<string>;
  notices: Set<string>;
  /** Keys of mails of this batch that a stored mail answers. */
  answered: Set<string>;
  /** Receipts that wait to be processed, by messageIdKey. */
  pending: Map<string, string[]>;
  /** Addresses of our accounts, as addressKey() has them. */
  accounts: Set<string>;
  /** Addresses and domains that are blocked. */
  blocked: Set<string>;
  /** Users among the people, and whether each is an active agent. */
  users: Map<string, { isDesk: boolean }>;
  contacts: Map<string, ContactFact>;
  /** Locked until the transaction ends. */
  tickets: Map<string, TicketFact>;
  /** `ticketId address` of senders who are participants. */
  joined: Set<string>;
  /** Accounts that acknowledge new tickets. */
  acknowledging: Set<string>;
  /** Hours and targets of accounts that have targets. */
  times: Map<string, ServiceTime>;
};

/** Everybody a mail makes a contact of, or may. */
export function peopleOf(mail: ReadMail): string[] {
  const from = mail.from ? [mail.from] : [];
  return [...from, ...mail.to, ...mail.cc].map(({ address }) => addressKey(address));
}

/** The accounts whose address, or whose tickets' address, one of these would be. */
function claimedAccounts(addresses: string[]): string[] {
  return addresses.flatMap((address) => {
    const account = accountOfPlusAddress(address);
    return account === null ? [address] : [address, account];
  });
}

const unique = (values: readonly string[]) => [...new Set(values)].sort();

/**
 * Asks all that routing these mails needs, in a number of statements that does not depend on how
 * many there are, and locks the tickets they name. Call lockConversations() before.
 */
export async function gatherFacts(
  client: pg.PoolClient,
  mails: readonly BatchMail[],
): Promise<BatchFacts> {
  const own = unique(mails.flatMap(({ mail }) => mail.messageId ?? []).map(messageIdKey));
  const named = unique(mails.flatMap(({ mail }) => threadKeys(mail)));
  const people = unique(mails.flatMap(({ mail }) => peopleOf(mail)));
  const senders = unique(mails.flatMap(({ mail }) => mail.from?.address ?? []).map(addressKey));
  const claimed = mails.flatMap(({ mail }) => [...ownNoticeKeys(mail), ...answeredByMachine(mail)]);
  const messages = await namedMessages(client, [...own, ...named]);
  const ticketIds = [...messages.values()].flat().map(({ ticketId }) => ticketId);
  const tickets = await lockTickets(client, unique(ticketIds));
  const since = mails.map(({ receipt }) => floodCountsFrom(receipt).getTime());
  const contacts = await contactsAmong(client, people, new Date(Math.min(...since)));
  const senderIds = senders.flatMap((sender) => contacts.get(sender)?.id ?? []);
  const answers = await askTogether<Answers>(client, {
    known: knownContent(unique(mails.map(({ contentId }) => contentId))),
    sent: sentAmong(unique([...own, ...claimed])),
    answered: answeredAmong(own),
    pending: pendingReceipts(named),
    accounts: ourAccounts(mails),
    blocked: blockedAmong(senders),
    users: usersAmong(people),
    joined: participantsAmong([...tickets.keys()], senderIds),
    ways: waysOfAccounts(mails),
  });
  return { messages, tickets, contacts, ...factsOf(answers, claimed) };
}

type Answers = {
  known: { contentId: string; messageRowId: string; number: number };
  sent: { key: string; isNotice: boolean };
  answered: { keys: string[] };
  pending: { id: string; key: string };
  accounts: { email: string };
  blocked: { email: string };
  users: { email: string; isDesk: boolean };
  joined: { ticketId: string; email: string };
  ways: ServiceTimeRow & { id: string; acknowledges: boolean; hasTargets: boolean };
};

function factsOf(
  answers: { [Name in keyof Answers]: Answers[Name][] },
  claimed: string[],
): Omit<BatchFacts, "messages" | "tickets" | "contacts"> {
  const { known, sent, answered, accounts, blocked, users, joined, ways } = answers;
  const notices = sent.filter(({ isNotice }) => isNotice).map(({ key }) => key);
  const pending: BatchFacts["pending"] = new Map();
  for (const { id, key } of answers.pending) pending.set(key, [...(pending.get(key) ?? []), id]);
  const timed = ways.filter(({ hasTargets }) => hasTargets);
  return {
    known: new Map(known.map(({ contentId, ...found }) => [contentId, found])),
    sent: new Set(sent.map(({ key }) => key)),
    notices: new Set([...notices, ...claimed.filter(isTestMail)]),
    answered: new Set(answered.flatMap(({ keys }) => keys)),
    pending,
    accounts: new Set(accounts.map(({ email }) => addressKey(email))),
    blocked: new Set(blocked.map(({ email }) => addressKey(email))),
    users: new Map(users.map(({ email, isDesk }) => [addressKey(email), { isDesk }])),
    joined: new Set(joined.map(({ ticketId, email }) => joinedKey(ticketId, email))),
    acknowledging: new Set(ways.flatMap(({ id, acknowledges }) => (acknowledges ? [id] : []))),
    times: new Map(timed.map((row) => [row.id, serviceTime(row)])),
  };
}

const knownContent = (ids: string[]): Question => ({
  text: `SELECT m."contentId", m."id" AS "messageRowId", t."number" FROM "Message" m JOIN "Ticket" t ON t."id" = m."ticketId"
    WHERE m."contentId" = ANY($1)`,
  values: [ids],
});

const sentAmong = (keys: string[]): Question => ({
  text: `SELECT "messageId" AS key, "messageRowId" IS NULL AS "isNotice" FROM "OutboundEmail" WHERE "messageId" = ANY($1)`,
  values: [keys],
});

const answeredAmong = (own: string[]): Question => ({
  text: `SELECT "referenceKeys" AS keys FROM "Message" WHERE "referenceKeys" && $1::text[] AND "kind" = 'INBOUND'`,
  values: [own],
});

const pendingReceipts = (keys: string[]): Question => ({
  text: `SELECT "id", "messageIdKey" AS key FROM "InboundEmail" WHERE "messageIdKey" = ANY($1) AND "status" = 'PENDING'`,
  values: [keys],
});

function ourAccounts(mails: readonly BatchMail[]): Question {
  const addresses = mails.flatMap(({ mail }) => [
    ...peopleOf(mail),
    ...[...recipientsOf(mail), ...mail.replyTo.map(({ address }) => address)].map(addressKey),
  ]);
  return {
    text: `SELECT "email"::text FROM "EmailAccount" WHERE "email" = ANY($1::text[]::citext[])
      UNION ALL SELECT "email"::text FROM "AccountAlias" WHERE "email" = ANY($1::text[]::citext[])`,
    values: [unique(claimedAccounts(addresses))],
  };
}

const blockedAmong = (senders: string[]): Question => ({
  text: `SELECT "sender" AS email FROM "BlockedSender" WHERE "sender" = ANY($1)`,
  values: [unique(senders.flatMap(blockKeys))],
});

const usersAmong = (people: string[]): Question => ({
  text: `SELECT "email"::text, "isActive" AND "role" IN ('ADMIN', 'AGENT') AS "isDesk" FROM "User" WHERE "email" = ANY($1::text[]::citext[])`,
  values: [people],
});

const participantsAmong = (ticketIds: string[], senderIds: string[]): Question => ({
  text: `SELECT p."ticketId", s."email"::text FROM "Contact" s
    JOIN "TicketParticipant" p ON p."contactId" = coalesce(s."mergedIntoId", s."id")
    WHERE s."id" = ANY($2::uuid[]) AND p."ticketId" = ANY($1::uuid[]) AND NOT p."isNew"`,
  values: [ticketIds, senderIds],
});

const waysOfAccounts = (mails: readonly BatchMail[]): Question => ({
  text: `SELECT e."id", e."isActive" AND e."autoAckEnabled" AS "acknowledges", a."timeZone", a."openings", a."holidays",
      a."firstResponseMinutes", a."resolutionMinutes", coalesce(a."firstResponseMinutes", a."resolutionMinutes") IS NOT NULL AS "hasTargets"
    FROM "EmailAccount" e LEFT JOIN "AccountTime" a ON a."accountId" = e."id" WHERE e."id" = ANY($1::uuid[])`,
  values: [unique(mails.flatMap(({ receipt }) => receipt.accountId ?? []))],
});

async function namedMessages(
  client: pg.PoolClient,
  keys: string[],
): Promise<BatchFacts["messages"]> {
  const { rows } = await client.query<NamedMessage & { messageIdKey: string }>(
    `SELECT "messageIdKey", "kind"::text AS "kind", "moveId", "isAside", "sentAt", "createdAt", "ticketId" FROM "Message"
     WHERE "messageIdKey" = ANY($1) ORDER BY "createdAt"`,
    [unique(keys)],
  );
  const messages = new Map<string, NamedMessage[]>();
  for (const row of rows) {
    const same = messages.get(row.messageIdKey);
    if (same) same.push(row);
    else messages.set(row.messageIdKey, [row]);
  }
  return messages;
}

async function contactsAmong(
  client: pg.PoolClient,
  people: string[],
  since: Date,
): Promise<BatchFacts["contacts"]> {
  const { rows } = await client.query<ContactFact & { email: string }>(
    `SELECT c."id", c."email"::text, c."name", c."userId", c."mergedIntoId" IS NOT NULL AS "isMerged", c."bouncedAt" IS NOT NULL AS "hasBounced",
       (SELECT count(*)::int FROM (SELECT 1 FROM "Ticket" t WHERE t."requesterId" = c."id" AND t."lastMessageAt" >= $2 LIMIT ${SENDER_FLOOD_MAX}) AS few) AS "opened"
     FROM "Contact" c WHERE c."email" = ANY($1::text[]::citext[])`,
    [people, since],
  );
  return new Map(rows.map(({ email, ...contact }) => [addressKey(email), contact]));
}

type TicketRow = TicketState & Omit<TicketFact, "state">;

async function lockTickets(client: pg.PoolClient, ids: string[]): Promise<BatchFacts["tickets"]> {
  const { rows } = await client.query<TicketRow>(
    `SELECT "id", "number", "isSpam", "deletedAt" IS NOT NULL AS "isDeleted", "mergedIntoId" IS NOT NULL AS "isMerged",
       "status"::text AS "status", "messageCount", "lastMessageAt", "awaitingUs", "awaitingSince", "snippet", "snoozedUntil",
       EXISTS (SELECT 1 FROM "AccountTime" a WHERE a."accountId" = "Ticket"."accountId") AS "isTimed",
       (SELECT count(*)::int FROM "TicketParticipant" p WHERE p."ticketId" = "Ticket"."id") AS "participants"
     FROM "Ticket" WHERE "id" = ANY($1::uuid[]) ORDER BY "id" FOR UPDATE`,
    [ids],
  );
  return new Map(
    rows.map(({ id, number, isSpam, isDeleted, isMerged, isTimed, participants, ...state }) => [
      id,
      { id, number, isSpam, isDeleted, isMerged, isTimed, participants, state },
    ]),
  );
}

/** How `joined` names a participant. */
export function joinedKey(ticketId: string, address: string): string {
  return `${ticketId} ${addressKey(address)}`;
}
