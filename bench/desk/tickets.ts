import { Dice } from "../generator/dice";
import type { Contact, Desk } from "./people";
import type { DeskTables } from "./tables";
import { type Texts, textsFor } from "./texts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Over how long the desk's tickets have come in. */
const AGE_MS = 3 * 365 * DAY_MS;

const FILES = ["invoice", "screenshot", "photo", "contract", "log", "報告書", "отчёт", "Übersicht"];
const ENDINGS = ["pdf", "png", "jpg", "docx", "txt"];

type Ticket = {
  id: string;
  number: number;
  createdAt: number;
  requester: Contact;
  accountId: string | null;
  assigneeId: string | null;
  status: string;
  isSpam: boolean;
  isAutomatic: boolean;
};

export type History = {
  seed: number;
  tickets: number /** When the newest mail came. */;
  end: number;
};

/**
 * Writes tickets as a desk has them after three years, 5 messages each on average: three in a hundred
 * still open, most of those new; a few sleep, are spam, automatic, merged or deleted.
 */
export function* writeTickets(tables: DeskTables, desk: Desk, history: History): Generator<Buffer> {
  const dice = new Dice(history.seed + 1);
  const texts = textsFor(history.seed);
  for (let number = 1; number <= history.tickets; number++) {
    const ticket = newTicket(dice, desk, history, number);
    writeTicket(tables, { dice, texts, desk, history }, ticket);
    yield* tables.message.take();
  }
}

function newTicket(dice: Dice, desk: Desk, { tickets, end }: History, number: number): Ticket {
  const age = (tickets - number) / tickets;
  const createdAt = Math.round(end - age * AGE_MS - dice.below(HOUR_MS));
  const isOpen = dice.chance(age < 0.02 ? 0.7 : 0.0163);
  const source = dice.share();
  return {
    id: uuidAt(createdAt, number, dice),
    ...{ number, createdAt },
    requester: dice.chance(0.05) ? frequent(dice, desk) : dice.pick(desk.contacts),
    accountId: source < 0.9 ? dice.weighted(desk.accounts) : null,
    assigneeId: dice.chance(isOpen ? 0.55 : 0.95) ? dice.weighted(desk.agents) : null,
    status: isOpen
      ? dice.chance(0.65)
        ? "OPEN"
        : "PENDING"
      : dice.chance(0.2)
        ? "SOLVED"
        : "CLOSED",
    isSpam: dice.chance(0.03),
    isAutomatic: dice.chance(0.05),
  };
}

/** A twentieth of the tickets come from a hundred people. */
function frequent(dice: Dice, { contacts }: Desk): Contact {
  return contacts[dice.below(100)] ?? dice.pick(contacts);
}

type World = { dice: Dice; texts: Texts; desk: Desk; history: History };

function writeTicket(tables: DeskTables, world: World, ticket: Ticket): void {
  const { dice, desk, history, texts } = world;
  const { id, number, createdAt, requester, accountId, status, isSpam, isAutomatic } = ticket;
  const subject = texts.subject(dice, requester.language, number);
  const messages = 1 + dice.below(9);
  const gap = dice.logNormal(6 * HOUR_MS, 1.2);
  let at = createdAt;
  let snippet = "";
  for (let n = 0; n < messages; n++) {
    at = Math.min(history.end, Math.round(createdAt + n * gap));
    const text = texts.body(dice, requester.language, number);
    writeMessage(tables, world, { ticket, subject, n, at, text });
    snippet = text.slice(0, 160).replaceAll("\n", " ");
  }
  const isOpen = status === "OPEN" || status === "PENDING";
  const awaitingUs = isOpen && status === "OPEN" && dice.chance(0.8);
  const snoozedUntil = isOpen && dice.chance(0.05) ? history.end + dice.below(400) * DAY_MS : null;
  tables.ticket.add([
    ...[id, number, subject, status],
    dice.weighted(PRIORITIES),
    accountId ? "EMAIL" : dice.chance(0.75) ? "WEB" : "API",
    ...[requester.id, ticket.assigneeId, accountId, isSpam, isAutomatic],
    ...[time(snoozedUntil), snippet, messages, time(at), awaitingUs, time(at), time(createdAt)],
    ...[time(at), isOpen ? null : time(at)],
    isOpen || dice.chance(0.99) ? null : desk.firstTicketId,
    dice.chance(0.01) ? time(at) : null,
    ...timesOf({
      createdAt,
      doneAt: isOpen ? null : at,
      answeredAt: answeredAt(ticket, messages, Math.min(history.end, Math.round(createdAt + gap))),
    }),
  ]);
  desk.firstTicketId ??= id;
  tables.participant.add([id, requester.id, "REQUESTER"]);
  writeTags(tables, world, id);
  if (history.end - at < 60 * DAY_MS && ticket.assigneeId && dice.chance(0.8))
    tables.read.add([id, ticket.assigneeId, time(at)]);
}

/** The second message is an agent's, where somebody has the ticket. */
function answeredAt({ assigneeId, createdAt }: Ticket, messages: number, secondAt: number) {
  return assigneeId && messages > 1 ? Math.max(createdAt, secondAt) : null;
}

function timesOf(of: { createdAt: number; doneAt: number | null; answeredAt: number | null }) {
  const seconds = (until: number | null) => until && Math.round((until - of.createdAt) / 1000);
  return [
    ...[time(of.answeredAt), seconds(of.answeredAt)],
    ...[time(of.doneAt), seconds(of.doneAt)],
  ];
}

const PRIORITIES = [
  ["NORMAL", 80],
  ["LOW", 10],
  ["HIGH", 8],
  ["URGENT", 2],
] as const;

function writeTags({ tag }: DeskTables, { dice, desk }: World, ticketId: string): void {
  if (!dice.chance(0.35)) return;
  const chosen = Array.from({ length: 1 + dice.below(3) }, () => dice.weighted(desk.tags));
  for (const id of new Set(chosen)) tag.add([id, ticketId]);
}

type Turn = { ticket: Ticket; subject: string; n: number; at: number; text: string };

function writeMessage(
  tables: DeskTables,
  { dice, desk }: World,
  { ticket, subject, n, at, text }: Turn,
): void {
  const { requester, number } = ticket;
  const isInbound = n % 2 === 0;
  const id = uuidAt(at, number * 16 + n, dice);
  const key = `${number}.${n}@${isInbound ? requester.domain : "desk.example"}`;
  tables.message.add([
    ...[id, ticket.id, isInbound ? "INBOUND" : "OUTBOUND", key, key],
    ...["{}", "{}", "{}", "{}"],
    ...(isInbound ? [requester.name, requester.email] : ["Support", desk.address]),
    JSON.stringify([{ name: "", address: isInbound ? desk.address : requester.email }]),
    ...[n === 0 ? subject : `Re: ${subject}`, time(at), text],
    ...[isInbound ? null : ticket.assigneeId, isInbound ? requester.id : null, time(at)],
  ]);
  if (!dice.chance(0.05)) return;
  const name = `${dice.pick(FILES)}-${number}.${dice.pick(ENDINGS)}`;
  const fileId = uuidAt(at, number * 16 + n, dice);
  tables.attachment.add([fileId, id, 0, name, "application/octet-stream", 20_000, desk.blob]);
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** RFC 9562 §5.7: the time in front, so that rows lie in the index as they came. */
export function uuidAt(at: number, counter: number, dice: Dice): string {
  const front = at.toString(16).padStart(12, "0");
  const middle = (counter % 4096).toString(16).padStart(3, "0");
  const end = dice
    .below(2 ** 32)
    .toString(16)
    .padStart(8, "0");
  const rest = dice
    .below(2 ** 16)
    .toString(16)
    .padStart(4, "0");
  return `${front.slice(0, 8)}-${front.slice(8)}-7${middle}-8${rest.slice(0, 3)}-${rest.slice(3)}000${end}`;
}
