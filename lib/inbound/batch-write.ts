import type pg from "pg";
import { crashpoint } from "../crashpoint";
import { type Columns, copyRows } from "../db/copy-rows";
import { insertRows, rowsAsJson } from "../db/insert-rows";
import { notifyAll } from "../db/listen";
import { addressKey } from "../mail/address";
import { newId } from "../new-id";
import { oweReplies } from "../tickets/agent-notices";
import { type Clock, clockAtOpening } from "../tickets/clock";
import type { TicketChange } from "../tickets/events";
import { restateClocksOn } from "../tickets/restate-clocks";
import type { BatchFacts } from "./batch-facts";
import type { BatchPlan, PlannedMessage, PlannedTicket } from "./batch-plan";
import { attachmentRow } from "./record";

/** A person of the batch turned out to be somebody else meanwhile: each mail is looked at by itself. */
export class PeopleChanged extends Error {}

/**
 * Writes what planBatch() decided, in a number of statements that does not depend on how many mails
 * there are, and ends their receipts. `startedAt` is the transaction's time.
 * @throws PeopleChanged; nothing of the batch may be kept then.
 */
export async function writePlan(
  client: pg.PoolClient,
  plan: BatchPlan,
  {
    contacts: known,
    times,
    startedAt,
  }: Pick<BatchFacts, "contacts" | "times"> & {
    startedAt: Date;
  },
): Promise<void> {
  const contacts = await writePeople(client, plan.people, known);
  await numberTickets(client, plan.tickets);
  await writeTickets(client, plan.tickets, { contacts, times });
  crashpoint("process.ticket-written");
  await copyRows(client, "Message", MESSAGE_COLUMNS, messageRows(plan, contacts, startedAt));
  crashpoint("process.message-written");
  await copyRows(client, "Attachment", ATTACHMENT_COLUMNS, plan.messages.flatMap(attachmentRows));
  crashpoint("process.files-attached");
  await writeParticipants(client, plan, contacts);
  await copyRows(client, "TicketEvent", EVENT_COLUMNS, plan.messages.flatMap(eventRows));
  await restateClocksOn(
    client,
    plan.messages.flatMap(({ ticket, reopened }) => (reopened && ticket.isTimed ? ticket.id : [])),
  );
  await oweAnswers(client, plan.messages);
  crashpoint("process.routed");
  const receipts = ended(plan);
  await endReceipts(client, receipts);
  await notifyAll(client, [
    ...plan.tickets.map(({ id }) => ({ topic: "ticket", id }) as const),
    ...receipts.map(({ id }) => ({ topic: "inbound", id }) as const),
  ]);
  crashpoint("process.receipt-ended");
}

const TICKET_COLUMNS = {
  ...{ id: "uuid", number: "int", subject: "text", source: "text", priority: "text" },
  ...{ isSpam: "bool", isAutomatic: "bool", accountId: "uuid", requesterId: "uuid" },
  ...{ status: "text", messageCount: "int", lastMessageAt: "timestamp", snippet: "text" },
  ...{ awaitingUs: "bool", awaitingSince: "timestamp", snoozedUntil: "timestamp" },
  ...{ createdAt: "timestamp", updatedAt: "timestamp" },
  ...{ firstResponseAt: "timestamp", firstResponseSeconds: "int", firstResponseDueAt: "timestamp" },
  ...{ solvedAt: "timestamp", resolutionSeconds: "int", resolutionDueAt: "timestamp" },
  ...{ dueAt: "timestamp", dueWarnAt: "timestamp" },
  ...{ firstResponseTellAt: "timestamp", resolutionTellAt: "timestamp" },
} as const satisfies Columns;

/** What a mail gives a message. */
const MESSAGE_COLUMNS = {
  ...{ id: "uuid", ticketId: "uuid", kind: "text", contactId: "uuid", createdAt: "timestamp" },
  ...{ messageId: "text", messageIdKey: "text", contentId: "text" },
  ...{ inReplyTo: "text[]", references: "text[]", referenceKeys: "text[]" },
  ...{ fromName: "text", fromAddress: "text", subject: "text", sentAt: "timestamp" },
  ...{ toAddresses: "jsonb", ccAddresses: "jsonb", replyTo: "jsonb" },
  ...{ text: "text", html: "text", newText: "text", quotedText: "text" },
  ...{ automaticKind: "text", automaticWhy: "text", bounce: "jsonb", authentication: "jsonb" },
  ...{ calendar: "jsonb", forwarded: "jsonb", spamVerdict: "text", warnings: "text[]" },
  ...{ reason: "text", isNewParticipant: "bool" },
} as const satisfies Columns;

const ATTACHMENT_COLUMNS = {
  ...{ id: "uuid", messageRowId: "uuid", position: "int", filename: "text", mediaType: "text" },
  ...{ size: "int", contentId: "text", isInline: "bool", sha256: "bytea", blobSha256: "bytea" },
  ...{ rawMailId: "uuid", rawOffset: "int", rawLength: "int", rawEncoding: "text" },
} as const satisfies Columns;

const EVENT_COLUMNS = {
  ...{ id: "uuid", ticketId: "uuid", kind: "text", data: "jsonb", createdAt: "timestamp" },
} as const satisfies Columns;

type Person = { id: string; email: string; name: string; isMerged: boolean };

const PERSON = `"id", "email"::text, "name", "mergedIntoId" IS NOT NULL AS "isMerged"`;

/**
 * ensureContacts() for plain people: makes those who are new, fills in names that are empty, and
 * keeps any merge away until the transaction ends. In the order of addresses, as there. Those who are
 * known are found by their ids: comparing addresses is what costs.
 */
async function writePeople(
  client: pg.PoolClient,
  people: ReadonlyMap<string, string>,
  known: BatchFacts["contacts"],
): Promise<Map<string, string>> {
  const emails = [...people.keys()].sort();
  if (emails.length === 0) return new Map();
  const made = await insertPeople(
    client,
    emails.filter((email) => !known.has(email)),
    people,
  );
  const isMade = new Set(made.map(({ email }) => addressKey(email)));
  const others = emails.filter((email) => !isMade.has(email));
  const { rows } = await client.query<Person>(
    `SELECT ${PERSON} FROM "Contact" WHERE "id" = ANY($1::uuid[]) OR "email" = ANY($2::text[]::citext[]) ORDER BY "id" FOR KEY SHARE`,
    [
      others.flatMap((email) => known.get(email)?.id ?? []),
      others.filter((email) => !known.has(email)),
    ],
  );
  const ids = new Map([...made, ...rows].map(({ email, id }) => [addressKey(email), id]));
  if (rows.some(({ isMerged }) => isMerged) || emails.some((email) => !ids.has(email)))
    throw new PeopleChanged();
  await fillNames(client, rows, people);
  return ids;
}

/** @returns those that nobody else made meanwhile. */
async function insertPeople(
  client: pg.PoolClient,
  emails: string[],
  names: ReadonlyMap<string, string>,
): Promise<Person[]> {
  if (emails.length === 0) return [];
  const { rows } = await client.query<Person>(
    `INSERT INTO "Contact" ("id", "email", "name", "updatedAt")
     SELECT id, email, name, now() FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, email, name)
     ON CONFLICT ("email") DO NOTHING RETURNING ${PERSON}`,
    [emails.map(() => newId()), emails, emails.map((email) => names.get(email) ?? "")],
  );
  return rows;
}

async function fillNames(
  client: pg.PoolClient,
  rows: Person[],
  names: ReadonlyMap<string, string>,
): Promise<void> {
  const named = rows.flatMap(({ id, name, email }) => {
    const better = name === "" && names.get(addressKey(email));
    return better ? [{ id, name: better }] : [];
  });
  if (named.length === 0) return;
  await client.query(
    `UPDATE "Contact" c SET "name" = new.name, "updatedAt" = now() FROM unnest($1::uuid[], $2::text[]) AS new (id, name)
     WHERE c."id" = new.id AND c."name" = ''`,
    [named.map(({ id }) => id), named.map(({ name }) => name)],
  );
}

async function numberTickets(client: pg.PoolClient, tickets: PlannedTicket[]): Promise<void> {
  const unnumbered = tickets.filter(({ number }) => number === null);
  if (unnumbered.length === 0) return;
  const { rows } = await client.query<{ number: number }>(
    `SELECT nextval(pg_get_serial_sequence('"Ticket"', 'number'))::int AS number FROM generate_series(1, $1)`,
    [unnumbered.length],
  );
  for (const [index, ticket] of unnumbered.entries()) ticket.number = rows[index]?.number ?? null;
}

async function writeTickets(
  client: pg.PoolClient,
  tickets: PlannedTicket[],
  { contacts, times }: { contacts: ReadonlyMap<string, string>; times: BatchFacts["times"] },
): Promise<void> {
  const updatedAt = new Date();
  const clocks = new Map<string, Clock>();
  for (const [accountId, time] of times) clocks.set(accountId, clockAtOpening(updatedAt, time));
  const opened = tickets.flatMap(({ id, number, opened, state }) => {
    if (!opened) return [];
    const { requester, ...fields } = opened;
    const requesterId = contacts.get(requester);
    const fixed = { source: "EMAIL", priority: "NORMAL", isSpam: false };
    const clock = fields.isAutomatic ? undefined : clocks.get(fields.accountId ?? "");
    const row = { id, number, ...fields, ...fixed, requesterId, ...state, ...clock };
    return [{ ...row, createdAt: updatedAt, updatedAt }];
  });
  await copyRows(client, "Ticket", TICKET_COLUMNS, opened);
  const changed = tickets
    .filter((ticket) => !ticket.opened)
    .map(({ id, state }) => ({ id, ...state }));
  if (changed.length === 0) return;
  await client.query(
    `UPDATE "Ticket" t SET "status" = n."status", "messageCount" = n."messageCount", "lastMessageAt" = n."lastMessageAt",
       "awaitingUs" = n."awaitingUs", "awaitingSince" = n."awaitingSince", "snippet" = n."snippet",
       "snoozedUntil" = n."snoozedUntil", "updatedAt" = now(),
       "solvedAt" = CASE WHEN n."status" IN ('SOLVED', 'CLOSED') THEN t."solvedAt" END,
       "resolutionSeconds" = CASE WHEN n."status" IN ('SOLVED', 'CLOSED') THEN t."resolutionSeconds" END
     FROM json_populate_recordset(NULL::"Ticket", $1) AS n WHERE t."id" = n."id"`,
    [rowsAsJson(changed)],
  );
}

/** Messages of one ticket are told apart by their time: a millisecond each, the last one now. */
function messageRows(
  { messages }: BatchPlan,
  contacts: ReadonlyMap<string, string>,
  startedAt: Date,
) {
  return messages.map(({ id, ticket, row, sender, ...message }, index) => ({
    ...DEFAULTS,
    ...row,
    id,
    ticketId: ticket.id,
    kind: "INBOUND",
    contactId: contacts.get(sender),
    reason: reasonOf({ ticket, ...message }),
    createdAt: new Date(startedAt.getTime() - (messages.length - 1 - index)),
  }));
}

/** What copyRows() would write as NULL. */
const DEFAULTS = { isNewParticipant: false };

function reasonOf({
  ticket,
  opens,
  evidence,
}: Pick<PlannedMessage, "ticket" | "opens" | "evidence">): string {
  return opens ? `New ticket #${ticket.number}` : `Linked to #${ticket.number}: ${evidence}`;
}

function attachmentRows({ by, id }: PlannedMessage) {
  return by.mail.attachments.map((attachment, position) => ({
    id: newId(),
    ...attachmentRow({ messageRowId: id, receiptId: by.receipt.id }, attachment, position),
  }));
}

async function writeParticipants(
  client: pg.PoolClient,
  { messages }: BatchPlan,
  contacts: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = messages.flatMap(({ ticket, opens, sender, others }) => {
    const as = (address: string, role: "REQUESTER" | "CC") => ({
      ...{ ticketId: ticket.id, contactId: contacts.get(address), role },
      ...{ isNew: false, getsCopies: false, createdAt: new Date() },
    });
    const requester = opens ? [as(sender, "REQUESTER")] : [];
    return [...requester, ...others.map((address) => as(address, "CC"))];
  });
  await insertRows(client, "TicketParticipant", rows, "ON CONFLICT DO NOTHING");
}

function eventRows({ id, ticket, opens, reopened }: PlannedMessage) {
  const changes: TicketChange[] = [{ kind: "message", messageRowId: id, by: "contact" }];
  if (opens) changes.unshift({ kind: "opened", source: "EMAIL" });
  if (reopened)
    changes.push({ kind: "status", from: reopened, to: "OPEN", why: "the customer answered" });
  const createdAt = new Date();
  return changes.map(({ kind, ...data }) => ({
    ...{ id: newId(), ticketId: ticket.id, kind, data, createdAt },
  }));
}

/** New tickets are nobody's yet. */
async function oweAnswers(client: pg.PoolClient, messages: PlannedMessage[]): Promise<void> {
  const answers = messages.filter(({ ticket, isQuiet }) => !ticket.opened && !isQuiet);
  if (answers.length === 0) return;
  const { text, values } = oweReplies(
    answers.map(({ ticket, sender }) => ({ ticketId: ticket.id, from: sender })),
  );
  await client.query(text, values);
}

type Ended = {
  id: string;
  status: "PROCESSED" | "DUPLICATE";
  outcome: "ticket" | "message" | null;
  reason: string;
  contentId: string;
  messageRowId: string;
};

function ended({ messages, duplicates }: BatchPlan): Ended[] {
  const processed = messages.map((message) => ({
    id: message.by.receipt.id,
    status: "PROCESSED" as const,
    outcome: message.opens ? ("ticket" as const) : ("message" as const),
    reason: reasonOf(message),
    contentId: message.by.contentId,
    messageRowId: message.id,
  }));
  const known = duplicates.map(({ by, messageRowId, number }) => ({
    id: by.receipt.id,
    status: "DUPLICATE" as const,
    outcome: null,
    reason: `The same mail is on #${number} already.`,
    contentId: by.contentId,
    messageRowId,
  }));
  return [...processed, ...known];
}

async function endReceipts(client: pg.PoolClient, receipts: Ended[]): Promise<void> {
  await client.query(
    `UPDATE "InboundEmail" i SET "status" = n."status", "outcome" = n."outcome", "reason" = n."reason", "contentId" = n."contentId",
       "messageRowId" = n."messageRowId", "error" = NULL, "leaseOwner" = NULL, "leaseUntil" = NULL, "processedAt" = $2
     FROM json_populate_recordset(NULL::"InboundEmail", $1) AS n WHERE i."id" = n."id"`,
    [rowsAsJson(receipts), new Date()],
  );
}
