import { blockKeys, findBlock } from "../blocked-senders";
import { db, type Tx } from "../db/client";
import { addressKey } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import { contentIdOf } from "../mail/content-id";
import type { ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { accountOfPlusAddress } from "../mail/plus-address";
import { ticketNumberInSubject } from "../mail/subject";
import { findReported } from "../outbound/bounce";
import { type ForeseeFacts, gatherForeseeFacts } from "./foresee-facts";
import { recipientsOf } from "./own-address";
import { answeredByMachine, ownNoticeKeys } from "./own-notice";
import { findLateChild, findThread, type Match, mayJoin, threadKeys } from "./thread";

/**
 * What a mail would become: a ticket, an answer on one, nothing as it is known already, or nothing as
 * it is our own or a loop.
 */
export type Foreseen = "ticket" | "reply" | "known" | "own";

/** A mail that was read; `isWhole` is false where only its beginning was. */
export type ForeseenMail = { mail: ReadMail; isWhole: boolean };

/**
 * Says what routeMail() would make of these mails, oldest first, and writes nothing: it asks the same
 * questions in the same order, in a transaction that the database itself keeps from changing
 * anything, and remembers what the earlier ones would have become. Of a mail that is not whole the
 * Message-ID and the sender decide whether it is known. It does not foresee what is held back: a
 * thousand tickets of one sender.
 * @returns one answer for each mail, in the order given.
 */
export async function foresee(mails: readonly ForeseenMail[]): Promise<Foreseen[]> {
  return db().prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SET TRANSACTION READ ONLY`;
    const facts = await gatherForeseeFacts(
      tx,
      mails.map(({ mail }) => mail),
    );
    return new Foresight(tx, facts, mails).all();
  });
}

/** A ticket that would be there by then: one of ours by its id, or one that would be opened. */
type Place = {
  ticketId: string | null;
  /** Who would take part by these mails, beside those who do. */
  people: Set<string>;
  isSpam: boolean;
};

type Earlier = { place: Place; sender: string | null };

class Foresight {
  private readonly contentIds = new Set<string>();
  private readonly byKey = new Map<string, Earlier>();
  private readonly places = new Map<string, Place>();
  /** Ids of mails that are still to be looked at: what answers one of them waits for it. */
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly tx: Tx,
    private readonly facts: ForeseeFacts,
    private readonly mails: readonly ForeseenMail[],
  ) {
    for (const { mail } of mails) this.count(mail, 1);
  }

  async all(): Promise<Foreseen[]> {
    const answers: Foreseen[] = new Array(this.mails.length);
    let left = [...this.mails.entries()];
    while (left.length > 0) {
      const ready = left.filter(([, { mail }]) => !this.waits(mail));
      // Where all wait for each other, the oldest goes first.
      const turn = ready.length > 0 ? ready : left.slice(0, 1);
      for (const [at, mail] of turn) {
        answers[at] = await this.one(mail);
        this.count(mail.mail, -1);
      }
      const done = new Set(turn.map(([at]) => at));
      left = left.filter(([at]) => !done.has(at));
    }
    return answers;
  }

  private count({ messageId }: ReadMail, by: number): void {
    if (messageId === null) return;
    const key = messageIdKey(messageId);
    this.waiting.set(key, (this.waiting.get(key) ?? 0) + by);
  }

  private waits(mail: ReadMail): boolean {
    const own = mail.messageId === null ? null : messageIdKey(mail.messageId);
    return threadKeys(mail).some((key) => key !== own && (this.waiting.get(key) ?? 0) > 0);
  }

  /**
   * The questions of routeMail(), in its order. What the facts rule out is not asked: most mails of an
   * inbox have to do with nothing that is stored.
   */
  private async one({ mail, isWhole }: ForeseenMail): Promise<Foreseen> {
    const contentId = contentIdOf(mail);
    const isStored = this.facts.contentIds.has(contentId);
    if (isWhole && (isStored || this.contentIds.has(contentId))) return "known";
    this.contentIds.add(contentId);
    if (await this.isOurs(mail)) return "own";
    const isBlocked = await this.isBlocked(mail);
    const reported = await this.reported(mail);
    if (reported === "notice") return "own";
    if (reported) return this.join(mail, reported, true);
    if (this.isNotice(answeredByMachine(mail))) return "own";
    const copy = await this.copied(mail);
    if (copy && (!isBlocked || copy.isSpam)) return isWhole ? this.join(mail, copy, true) : "known";
    return this.answer(mail, isBlocked);
  }

  private isNotice(keys: string[]): boolean {
    return keys.some((key) => this.facts.notices.has(key));
  }

  private async isBlocked({ from }: ReadMail): Promise<boolean> {
    if (!from || !blockKeys(from.address).some((key) => this.facts.blocked.has(key))) return false;
    return (await findBlock(this.tx, from.address)) !== null;
  }

  /** The key of the mail's own id, where a stored message has it too. */
  private storedKey({ messageId }: ReadMail): string | null {
    const key = messageId === null ? null : messageIdKey(messageId);
    return key !== null && this.facts.keys.has(key) ? key : null;
  }

  private async isOurs(mail: ReadMail): Promise<boolean> {
    if (mail.automatic?.kind === "loop" || this.isNotice(ownNoticeKeys(mail))) return true;
    const key = this.storedKey(mail);
    if (key === null || !mail.from) return false;
    const sent = await this.tx.message.count({
      where: {
        ...{ messageIdKey: key, kind: "OUTBOUND", outbound: { some: {} } },
        fromAddress: { equals: addressKey(mail.from.address), mode: "insensitive" },
      },
    });
    return sent > 0;
  }

  /** The ticket a bounce, a complaint or a receipt is about. */
  private async reported(mail: ReadMail): Promise<Place | "notice" | null> {
    const { automatic, bounce, aboutMessageId } = mail;
    const isAbout = automatic?.kind === "feedback-report" || automatic?.kind === "receipt";
    const id = bounce ? bounce.originalMessageId : isAbout ? aboutMessageId : null;
    if (!id) return null;
    const key = messageIdKey(id);
    if (bounce && this.isNotice([key])) return "notice";
    if (!this.facts.keys.has(key)) return null;
    const ticketId = await (bounce ? this.bouncedTicket(key) : findReported(this.tx, id));
    return ticketId === null ? null : this.placeOf({ id: ticketId, isSpam: false });
  }

  private async bouncedTicket(key: string): Promise<string | null> {
    const sent = await this.tx.message.findFirst({
      where: { messageIdKey: key, outbound: { some: {} }, ticket: { deletedAt: null } },
      select: { ticketId: true },
    });
    return sent?.ticketId ?? null;
  }

  /** The ticket of a mail with the same Message-ID and sender. */
  private async copied(mail: ReadMail): Promise<Place | null> {
    if (!mail.messageId || mail.messageIdIsAmbiguous) return null;
    if (!mail.from || mail.fromIsAmbiguous) return null;
    const key = messageIdKey(mail.messageId);
    const sender = addressKey(mail.from.address);
    const earlier = this.byKey.get(key);
    if (earlier?.sender === sender) return earlier.place;
    if (!this.facts.keys.has(key)) return null;
    const first = await this.tx.message.findFirst({
      where: { messageIdKey: key, kind: "INBOUND", fromAddress: sender },
      orderBy: { createdAt: "asc" },
      select: { ticket: { select: { id: true, isSpam: true, deletedAt: true } } },
    });
    return first && first.ticket.deletedAt === null ? this.placeOf(first.ticket) : null;
  }

  private async answer(mail: ReadMail, isBlocked: boolean): Promise<Foreseen> {
    const isQuiet = mail.automatic !== null && mail.automatic.kind !== "list";
    const stored = this.mayNameStored(mail) ? await findThread(this.tx, mail) : null;
    const earlier = threadKeys(mail).flatMap((key) => this.byKey.get(key) ?? [])[0];
    // By our own id or address before any other; by the subject after all.
    if (earlier && stored?.via !== "ours" && (!stored || stored.via === "subject")) {
      const mayCome = await this.takesPart(mail, earlier.place);
      if (!mayCome || (isBlocked && !earlier.place.isSpam)) return this.open(mail, isBlocked);
      return this.join(mail, earlier.place, isQuiet);
    }
    const found = stored ?? (this.mayHaveChild(mail) ? await findLateChild(this.tx, mail) : null);
    if (!found) return this.open(mail, isBlocked);
    const place = this.placeOf(found.ticket);
    const joining = await this.joining(mail, found, place);
    if (joining === "stranger" || (isBlocked && !found.ticket.isSpam))
      return this.open(mail, isBlocked);
    const isClosed = found.ticket.status === "CLOSED" && !found.ticket.isSpam && !isQuiet;
    if (found.ticket.isDeleted || isClosed) return this.open(mail, isBlocked);
    return this.join(mail, place, isQuiet || joining !== "participant");
  }

  private mayNameStored(mail: ReadMail): boolean {
    if (threadKeys(mail).some((key) => this.facts.keys.has(key))) return true;
    if (ticketNumberInSubject(mail.subject) !== null) return true;
    return recipientsOf(mail).some((address) => accountOfPlusAddress(address) !== null);
  }

  private mayHaveChild({ messageId, messageIdIsAmbiguous }: ReadMail): boolean {
    if (messageId === null || messageIdIsAmbiguous) return false;
    return this.facts.answered.has(messageIdKey(messageId));
  }

  private async joining(mail: ReadMail, found: Match, place: Place) {
    const joining = await mayJoin(this.tx, found, mail);
    return joining === "stranger" && isAmong(mail, place.people) ? "participant" : joining;
  }

  /** Whether the sender may join a ticket that these mails open or have joined. */
  private async takesPart(mail: ReadMail, { people, ticketId }: Place): Promise<boolean> {
    if (isAmong(mail, people) || isAmong(mail, this.facts.desk)) return true;
    if (ticketId === null) return false;
    const ticket = { id: ticketId, number: 0, status: "OPEN", isSpam: false } as const;
    const match: Match = { via: "known", evidence: "", ticket: { ...ticket, isDeleted: false } };
    return (await mayJoin(this.tx, match, mail)) === "participant";
  }

  private open(mail: ReadMail, isSpam: boolean): Foreseen {
    const place: Place = { ticketId: null, people: new Set(), isSpam };
    if (mail.from) place.people.add(addressKey(mail.from.address));
    this.take(mail, place, false);
    return "ticket";
  }

  private join(mail: ReadMail, place: Place, hasNoSay: boolean): Foreseen {
    this.take(mail, place, hasNoSay);
    return "reply";
  }

  /** Later mails may name this one, and whom it names may write. */
  private take(mail: ReadMail, place: Place, hasNoSay: boolean): void {
    for (const { address } of hasNoSay ? [] : [...mail.to, ...mail.cc]) {
      const key = addressKey(address);
      if (!this.facts.ours.has(key)) place.people.add(key);
    }
    if (mail.messageId === null || mail.messageIdIsAmbiguous) return;
    const sender = mail.from && !mail.fromIsAmbiguous ? addressKey(mail.from.address) : null;
    const key = messageIdKey(mail.messageId);
    if (!this.byKey.has(key)) this.byKey.set(key, { place, sender });
  }

  private placeOf({ id, isSpam }: { id: string; isSpam: boolean }): Place {
    const known = this.places.get(id);
    if (known) return known;
    const place: Place = { ticketId: id, people: new Set(), isSpam };
    this.places.set(id, place);
    return place;
  }
}

/** An ambiguous sender is nobody, and one that the receiving server doubts is not believed. */
function isAmong(mail: ReadMail, people: ReadonlySet<string>): boolean {
  if (!mail.from || mail.fromIsAmbiguous) return false;
  if (checkSender(mail.authentication) === "doubtful") return false;
  return people.has(addressKey(mail.from.address));
}
