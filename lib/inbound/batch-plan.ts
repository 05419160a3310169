import { blockKeys } from "../blocked-senders";
import { contactName } from "../contacts";
import { addressKey } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import type { AutomaticKind, MailAddress } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { accountOfPlusAddress } from "../mail/plus-address";
import { normaliseSubject, ticketNumberInSubject } from "../mail/subject";
import { newId } from "../new-id";
import { afterInbound, type TicketState } from "../tickets/inbound-state";
import { PARTICIPANTS_MAX } from "../tickets/participants";
import { type BatchFacts, type BatchMail, joinedKey, peopleOf } from "./batch-facts";
import { mayBeAcknowledged } from "./may-be-acknowledged";
import { recipientsOf } from "./own-address";
import { answeredByMachine, ownNoticeKeys } from "./own-notice";
import { type MailColumns, messageFrom } from "./record";
import { SENDER_FLOOD_MAX } from "./sender-flood";
import { evidenceOf, type NamedMessage, threadKeys } from "./thread";

/** A ticket as the batch leaves it. */
export type PlannedTicket = {
  id: string;
  /** null until the database has given it one. */
  number: number | null;
  state: TicketState;
  participants: number;
  /** Its account has hours or targets. */
  isTimed: boolean;
  /** Set for one that the batch opens. */
  opened: {
    subject: string;
    accountId: string | null;
    requester: string;
    isAutomatic: boolean;
  } | null;
};

/** A message the batch adds. People are addresses, as addressKey() has them. */
export type PlannedMessage = {
  by: BatchMail;
  id: string;
  ticket: PlannedTicket;
  row: MailColumns;
  sender: string;
  others: string[];
  /** A robot's mail, which asks nobody to act. */
  isQuiet: boolean;
  opens: boolean;
  /** Why it joined; "" where it opened the ticket. */
  evidence: string;
  /** The ticket's status before, where the answer reopened it. */
  reopened: TicketState["status"] | null;
};

export type BatchPlan = {
  tickets: PlannedTicket[];
  messages: PlannedMessage[];
  duplicates: { by: BatchMail; messageRowId: string; number: number }[];
  /** Names of everybody, by address: the first that is not empty. */
  people: Map<string, string>;
  /** What needs to be looked at by itself. */
  left: BatchMail[];
};

const PLAIN_KINDS: readonly AutomaticKind[] = ["list", "bulk", "auto-reply", "out-of-office"];

const FRESH: TicketState = {
  status: "OPEN",
  messageCount: 0,
  lastMessageAt: new Date(0),
  awaitingUs: true,
  awaitingSince: new Date(0),
  snippet: "",
  snoozedUntil: null,
};

/**
 * Decides for the plain mails of a batch what routeMail() would decide, in their order: duplicates,
 * new tickets, and answers of participants to open tickets. Whatever is not plain is left to
 * routeMail(), and so is what depends on it. Pure: writes nothing, asks nothing.
 */
export function planBatch(mails: readonly BatchMail[], facts: BatchFacts): BatchPlan {
  const planner = new Planner(facts, mails);
  for (const mail of mails) planner.take(mail);
  return planner.plan;
}

/** What a mail names: one stored, or one of this batch. */
type Named = Pick<NamedMessage, "kind" | "moveId" | "isAside" | "sentAt" | "createdAt"> & {
  ticket: PlannedTicket;
};

class Planner {
  readonly plan: BatchPlan = {
    tickets: [],
    messages: [],
    duplicates: [],
    people: new Map(),
    left: [],
  };
  private readonly contentIds = new Set<string>();
  private readonly byKey = new Map<string, Named>();
  private readonly answered = new Set<string>();
  private readonly joined = new Set<string>();
  private readonly opened = new Map<string, number>();
  private readonly tickets = new Map<string, PlannedTicket>();
  private readonly leftKeys = new Set<string>();
  private readonly touched = new Set<string>();
  private readonly touchedNumbers = new Set<number>();

  /** Keys of the batch's own mails: what names one that has no ticket yet must wait for it. */
  private readonly here: Set<string>;

  constructor(
    private readonly facts: BatchFacts,
    mails: readonly BatchMail[],
  ) {
    this.here = new Set(mails.flatMap(({ mail }) => mail.messageId ?? []).map(messageIdKey));
  }

  take(by: BatchMail): void {
    const known = this.facts.known.get(by.contentId);
    if (known) this.plan.duplicates.push({ by, ...known });
    else if (!this.isPlain(by) || !this.place(by)) this.leave(by);
  }

  /** What comes later on the same tickets, or names it, comes after it: they are left as well. */
  private leave(by: BatchMail): void {
    this.plan.left.push(by);
    if (by.mail.messageId !== null) this.leftKeys.add(messageIdKey(by.mail.messageId));
    const number = ticketNumberInSubject(by.mail.subject);
    if (number !== null) this.touchedNumbers.add(number);
    for (const key of threadKeys(by.mail)) {
      this.answered.add(key);
      const ticket = this.named(key)?.ticket;
      if (ticket) this.touched.add(ticket.id);
    }
  }

  /** Nothing about the mail itself, or the people in it, asks for a closer look. */
  private isPlain({ mail, receipt, contentId }: BatchMail): boolean {
    const { facts } = this;
    if (receipt.isRelisted || this.contentIds.has(contentId)) return false;
    if (!mail.from || mail.fromIsAmbiguous || mail.messageIdIsAmbiguous) return false;
    if (mail.bounce || mail.aboutMessageId) return false;
    if (mail.automatic && !PLAIN_KINDS.includes(mail.automatic.kind)) return false;
    const own = mail.messageId === null ? null : messageIdKey(mail.messageId);
    const isKnown = [facts.messages, facts.sent, this.byKey, this.leftKeys];
    if (own !== null && isKnown.some((keys) => keys.has(own))) return false;
    const asNotice = [...ownNoticeKeys(mail), ...answeredByMachine(mail)];
    if (asNotice.some((key) => facts.notices.has(key))) return false;
    if (mail.replyTo.some(({ address }) => this.isOurs(address))) return false;
    if (recipientsOf(mail).some((address) => this.isTicketAddress(address))) return false;
    return this.hasPlainPeople(mail.from.address, peopleOf(mail));
  }

  private hasPlainPeople(from: string, people: string[]): boolean {
    const { facts } = this;
    if (this.isOurs(from) || blockKeys(from).some((key) => facts.blocked.has(key))) return false;
    if (facts.contacts.get(addressKey(from))?.hasBounced) return false;
    return people.every((address) => {
      const contact = facts.contacts.get(address);
      // A user's address still has to be linked to the user.
      return contact?.isMerged !== true && (contact?.userId != null || !facts.users.has(address));
    });
  }

  private isOurs(address: string): boolean {
    return this.facts.accounts.has(addressKey(address)) || this.isTicketAddress(address);
  }

  private isTicketAddress(address: string): boolean {
    const account = accountOfPlusAddress(address);
    return account !== null && this.facts.accounts.has(account);
  }

  /** Puts a plain mail on its ticket. @returns false when that needs a closer look. */
  private place(by: BatchMail): boolean {
    const { mail } = by;
    if (threadKeys(mail).some((name) => this.leftKeys.has(name))) return false;
    const key = this.namedKey(by);
    const named = key === null ? null : this.named(key);
    if (named?.isAside) return false;
    if (key !== null && named) return this.answer(by, named, evidenceOf(mail, key, named));
    const own = mail.messageId === null ? null : messageIdKey(mail.messageId);
    const isAnswered = own !== null && (this.facts.answered.has(own) || this.answered.has(own));
    const waits = threadKeys(mail).some((name) => name !== own && this.isPending(name, by));
    if (isAnswered || waits || ticketNumberInSubject(mail.subject) !== null) return false;
    return this.open(by);
  }

  /** findThread(): an own mail, or one that an agent put on its ticket, goes before any other. */
  private namedKey({ mail }: BatchMail): string | null {
    const keys = threadKeys(mail).filter((key) => this.named(key) !== null);
    const isFirm = (key: string) => {
      const stored = this.facts.messages.get(key) ?? [];
      return stored.some(({ kind, moveId }) => kind === "OUTBOUND" || moveId !== null);
    };
    return keys.find(isFirm) ?? keys[0] ?? null;
  }

  private named(key: string): Named | null {
    const stored = this.facts.messages.get(key) ?? [];
    const [first] = stored;
    if (!first) return this.byKey.get(key) ?? null;
    const chosen = stored.find(({ kind, moveId }) => kind === "OUTBOUND" || moveId !== null);
    const { ticketId, ...named } = chosen ?? first;
    const ticket = this.ticket(ticketId);
    return ticket && { ...named, ticket };
  }

  private ticket(id: string): PlannedTicket | null {
    const known = this.tickets.get(id);
    if (known) return known;
    const fact = this.facts.tickets.get(id);
    if (!fact) return null;
    const { number, state, participants, isTimed } = fact;
    const ticket = { id, number, state, participants, isTimed, opened: null };
    this.tickets.set(id, ticket);
    return ticket;
  }

  private isPending(key: string, by: BatchMail): boolean {
    if (this.here.has(key)) return true;
    return (this.facts.pending.get(key) ?? []).some((id) => id !== by.receipt.id);
  }

  private answer(by: BatchMail, { ticket }: Named, evidence: string): boolean {
    const { mail } = by;
    const fact = this.facts.tickets.get(ticket.id);
    const isClosed = ticket.state.status === "CLOSED";
    if (this.touched.has(ticket.id) || this.touchedNumbers.has(ticket.number ?? 0)) return false;
    if (fact && (fact.isMerged || fact.isDeleted || fact.isSpam)) return false;
    if (isClosed || !mail.from || checkSender(mail.authentication) === "doubtful") return false;
    const sender = addressKey(mail.from.address);
    if (!this.takesPart(ticket.id, sender)) return false;
    const isQuiet = mail.automatic !== null && mail.automatic.kind !== "list";
    const others = isQuiet ? [] : this.othersOf(by);
    if (ticket.participants + others.length > PARTICIPANTS_MAX) return false;
    this.add(by, { ticket, sender, others, isQuiet, opens: false, evidence });
    return true;
  }

  private takesPart(ticketId: string, sender: string): boolean {
    const key = joinedKey(ticketId, sender);
    const isDesk = this.facts.users.get(sender)?.isDesk === true;
    return isDesk || this.facts.joined.has(key) || this.joined.has(key);
  }

  private open(by: BatchMail): boolean {
    const { mail, receipt } = by;
    if (!mail.from) return false;
    const sender = addressKey(mail.from.address);
    const isDesk = this.facts.users.get(sender)?.isDesk === true;
    if (mail.forwarded?.from && isDesk) return false;
    const acknowledges = receipt.accountId && this.facts.acknowledging.has(receipt.accountId);
    if (acknowledges && mayBeAcknowledged(mail, receipt)) return false;
    const opened = this.opened.get(sender) ?? this.facts.contacts.get(sender)?.opened ?? 0;
    if (!receipt.isReleased && opened >= SENDER_FLOOD_MAX) return false;
    this.opened.set(sender, opened + 1);
    const others = this.othersOf(by);
    const ticket: PlannedTicket = {
      ...{ id: newId(), number: null, state: FRESH, participants: 1, isTimed: false },
      opened: {
        subject: normaliseSubject(mail.subject) || "(no subject)",
        accountId: receipt.accountId,
        requester: sender,
        isAutomatic: mail.automatic !== null,
      },
    };
    this.tickets.set(ticket.id, ticket);
    this.joined.add(joinedKey(ticket.id, sender));
    const isQuiet = mail.automatic !== null;
    this.add(by, { ticket, sender, others, isQuiet, opens: true, evidence: "" });
    return true;
  }

  /** To and Cc people, without our own addresses. */
  private othersOf({ mail }: BatchMail): MailAddress[] {
    return [...mail.to, ...mail.cc].filter(({ address }) => !this.isOurs(address));
  }

  /** Of several names of one person the first counts that is not empty. */
  private meet({ address, name }: MailAddress): void {
    const key = addressKey(address);
    this.plan.people.set(key, this.plan.people.get(key) || contactName(name));
  }

  private add(
    by: BatchMail,
    how: Pick<PlannedMessage, "ticket" | "sender" | "opens" | "evidence"> & {
      others: MailAddress[];
      isQuiet: boolean;
    },
  ): void {
    const { mail, contentId, at } = by;
    const { ticket, ...placed } = how;
    const { isQuiet } = how;
    const people = mail.from ? [mail.from, ...how.others] : how.others;
    for (const person of people) this.meet(person);
    const others = [...new Set(how.others.map(({ address }) => addressKey(address)))];
    const row = messageFrom(mail, contentId, at);
    const before = ticket.state;
    const text = row.newText || row.text || "";
    ticket.state = afterInbound(before, { text, isQuiet, at });
    ticket.participants += others.length;
    // On a stored ticket one of them may be a participant who waits for an agent's yes.
    if (ticket.opened) for (const address of others) this.joined.add(joinedKey(ticket.id, address));
    const reopened = ticket.state.status === before.status ? null : before.status;
    this.plan.messages.push({ ...placed, by, id: newId(), ticket, row, others, reopened });
    if (!this.plan.tickets.includes(ticket)) this.plan.tickets.push(ticket);
    this.contentIds.add(contentId);
    for (const key of row.referenceKeys) this.answered.add(key);
    const named = {
      kind: "INBOUND",
      moveId: null,
      isAside: false,
      ...{ sentAt: at, createdAt: at },
    } as const;
    if (row.messageIdKey) this.byKey.set(row.messageIdKey, { ...named, ticket });
  }
}
