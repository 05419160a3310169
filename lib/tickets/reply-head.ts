import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { addressKey, isSendableAddress, isUnread } from "../mail/address";
import { explainBounce } from "../mail/explain-bounce";
import type { MailAddress } from "../mail/mail";
import { mailboxText } from "../mail/mailbox";
import { forwardBelow } from "../mail/quote-below";
import { forwardedSubject } from "../mail/subject";
import { cut } from "../mail/text";
import { senderText } from "../outbound/sender";
import { ownAddresses } from "../ticket-address";
import { type Actor, requireDesk } from "./access";
import { type AnsweredMail, findAnsweredMail, getMail } from "./answered-mail";
import { PARTICIPANTS_MAX } from "./participants";
import { quoteOf } from "./quote-of";
import { addressesOfPerson, RECIPIENTS_MAX, type Requester } from "./recipients";
import { replyAddress } from "./reply-address";
import { agentAddresses } from "./reply-people";
import { TEXT_MAX } from "./text-max";

/** Characters of what is quoted or passed on that the form shows. */
const PREVIEW_LENGTH = 4_000;

/** What an agent sees before they write: whom it goes to, from where, and what stands below it. */
export type ReplyHead = {
  mode: "reply" | "forward";
  /** The mail an agent chose to answer or to pass on. */
  chosenId: string | null;
  /** The mail it is about, chosen or not; null when there is none. */
  mailId: string | null;
  /**
   * Addresses that can send, each by its senderText(); `accountId` is the one that does unless
   * another is chosen.
   */
  accounts: { id: string; email: string; name: string; signature: string; quotes: boolean }[];
  accountId: string | null;
  /** As people type them. */
  to: string;
  cc: string;
  /** People the mail names who take no part: nobody writes to them without an agent's click. */
  suggestions: { mailbox: string; address: string; isWaiting: boolean }[];
  /** Addresses of those who take part. */
  known: string[];
  /** Why mail to an address came back for good. */
  bounced: { address: string; cause: string }[];
  /** The agent's own signature. */
  signature: string;
  /** What would be quoted, from whom; null when there is nothing. */
  quote: { from: string; text: string } | null;
  /** What is passed on. */
  forward: { subject: string; text: string; files: number; bytes: number } | null;
  /** Characters an agent may write at once. */
  textMax: number;
};

type Ticket = {
  id: string;
  subject: string;
  account: { id: string } | null;
  requester: (Requester & Person) | null;
};

type Person = Prisma.ContactGetPayload<{ select: typeof PERSON }>;

/**
 * The head of the reply form for a ticket the viewer may see.
 * @param chosen the mail to answer, or to pass on
 * @throws AppError "forbidden" for customers; "not-found" when the chosen mail is not on the ticket.
 */
export async function getReplyHead(
  viewer: Actor,
  ticket: Ticket,
  chosen: { mode: "reply" | "forward"; id: string | null },
): Promise<ReplyHead> {
  requireDesk(viewer);
  const { prisma } = db();
  const [accounts, author, people, mail] = await Promise.all([
    prisma.emailAccount.findMany({
      where: { isActive: true },
      select: ACCOUNT,
      orderBy: { email: "asc" },
      take: 500,
    }),
    prisma.user.findUniqueOrThrow({ where: { id: viewer.id }, select: { signature: true } }),
    peopleOf(ticket),
    mailFor(ticket, chosen.id),
  ]);
  const account =
    accounts.find(({ id }) => id === ticket.account?.id) ?? accounts.find((one) => one.isDefault);
  const isForward = chosen.mode === "forward" && chosen.id !== null;
  const named = isForward
    ? NOBODY
    : await namedPeople(ticket, people, { mail, isChosen: chosen.id !== null });
  const quote = isForward || !mail ? null : await quoteOf(prisma, mail, null);
  return {
    mode: isForward ? "forward" : "reply",
    chosenId: chosen.id,
    mailId: mail?.id ?? null,
    accounts: accounts.flatMap(sendersOf),
    accountId: account ? senderFor(account, mail) : null,
    ...named,
    known: people.known,
    bounced: people.bounced,
    signature: author.signature,
    quote: quote && mail?.from ? { from: nameOf(mail.from), text: preview(quote.text) } : null,
    forward: isForward && mail ? await forwardPreview(mail, ticket.subject) : null,
    textMax: TEXT_MAX,
  };
}

const ACCOUNT = {
  ...{ id: true, email: true, name: true, signature: true, quotesHistory: true, isDefault: true },
  aliases: { select: { email: true }, orderBy: { email: "asc" } },
} as const;

type Account = {
  id: string;
  email: string;
  name: string;
  signature: string;
  quotesHistory: boolean;
  aliases: { email: string }[];
};

/** The account by its own address, and by each other one it has. */
function sendersOf({ id, email, name, signature, quotesHistory: quotes, aliases }: Account) {
  const by = (alias: string | null) => ({
    ...{ id: senderText({ accountId: id, alias }), email: alias ?? email },
    ...{ name, signature, quotes },
  });
  return [by(null), ...aliases.map((alias) => by(alias.email))];
}

/** The address of the account that a mail was written to, or left from: people expect its answer from there. */
function senderFor({ id, email, aliases }: Account, mail: AnsweredMail | null): string {
  const ours = mail?.kind === "OUTBOUND" ? [mail.from] : [...(mail?.to ?? []), ...(mail?.cc ?? [])];
  const named = new Set(ours.flatMap((person) => (person ? [addressKey(person.address)] : [])));
  const alias = named.has(addressKey(email))
    ? undefined
    : aliases.find((other) => named.has(addressKey(other.email)));
  return senderText({ accountId: id, alias: alias?.email ?? null });
}

const NOBODY = { to: "", cc: "", suggestions: [] };

async function mailFor(ticket: Ticket, chosenId: string | null): Promise<AnsweredMail | null> {
  if (chosenId) return getMail(db().prisma, ticket.id, chosenId);
  return ticket.requester && findAnsweredMail(db().prisma, ticket.id, ticket.requester);
}

type People = {
  known: string[];
  waiting: Set<string>;
  /** Those who get every answer. */
  copies: MailAddress[];
  bounced: ReplyHead["bounced"];
};

const PERSON = {
  email: true,
  name: true,
  bouncedAt: true,
  bounceReason: true,
  mergedFrom: { select: { email: true, bouncedAt: true, bounceReason: true } },
} as const;

async function peopleOf(ticket: Ticket): Promise<People> {
  const { requester } = ticket;
  const participants = await db().prisma.ticketParticipant.findMany({
    where: { ticketId: ticket.id },
    select: { isNew: true, getsCopies: true, contact: { select: PERSON } },
    orderBy: { createdAt: "asc" },
    take: PARTICIPANTS_MAX,
  });
  const agreed = participants.filter(({ isNew }) => !isNew);
  const others = agreed
    .map(({ contact }) => contact)
    .filter(({ email }) => email !== requester?.email);
  const inIt = [...(requester ? [requester] : []), ...others];
  const waiting = participants.filter(({ isNew }) => isNew).map(({ contact }) => contact);
  return {
    known: [...new Set(inIt.flatMap(addressesOfPerson))],
    waiting: new Set(waiting.flatMap(addressesOfPerson)),
    copies: agreed
      .filter(({ getsCopies }) => getsCopies)
      .map(({ contact }) => ({ name: contact.name, address: addressKey(contact.email) })),
    bounced: [...inIt, ...waiting]
      .flatMap((person) => [person, ...person.mergedFrom])
      .filter(({ bouncedAt }) => bouncedAt !== null)
      .map(({ email, bounceReason }) => ({
        address: addressKey(email),
        cause: explainBounce(bounceReason).cause,
      })),
  };
}

/**
 * Whom an answer goes to. To is the requester, or who wrote the mail that was chosen; Cc those that
 * mail names beside them, and who gets every answer. Only people who take part are filled in; others
 * it names are offered. Never the desk itself, its agents, or an address nobody reads.
 */
async function namedPeople(
  ticket: Ticket,
  people: People,
  { mail, isChosen }: { mail: AnsweredMail | null; isChosen: boolean },
): Promise<Pick<ReplyHead, "to" | "cc" | "suggestions">> {
  const known = new Set(people.known);
  const first = isChosen && mail ? firstOf(mail) : await requesterOf(ticket);
  const beside = mail ? besideOf(mail) : [];
  // What was asked aside is answered aside.
  const copies = isChosen && mail?.isAside ? [] : people.copies;
  const all = [...first, ...beside, ...copies].map(({ name, address }) => ({
    ...{ name, address: addressKey(address) },
  }));
  const addresses = all.map(({ address }) => address);
  const [own, agents] = await Promise.all([
    ownAddresses(db().prisma, addresses),
    agentAddresses(db().prisma, addresses),
  ]);
  const requester = new Set(ticket.requester ? addressesOfPerson(ticket.requester) : []);
  const once = new Map<string, MailAddress>();
  for (const person of all) {
    const { address } = person;
    const isUsable = isSendableAddress(address) && !own.has(address);
    const isPerson = requester.has(address) || !(agents.has(address) || isUnread(address));
    if (isUsable && isPerson && !once.has(address)) once.set(address, person);
  }
  const asFirst = new Set(first.map(({ address }) => addressKey(address)));
  const usable = [...once.values()];
  const filled = usable.filter(({ address }) => known.has(address));
  return {
    to: typed(filled.filter(({ address }) => asFirst.has(address))),
    // Another address of the requester is nobody else's copy.
    cc: typed(
      filled.filter(
        ({ address }) => !asFirst.has(address) && !(requester.has(address) && !isChosen),
      ),
    ),
    suggestions: usable
      .filter(({ address }) => !known.has(address))
      .slice(0, RECIPIENTS_MAX)
      .map((person) => ({
        mailbox: mailboxText(person),
        address: person.address,
        isWaiting: people.waiting.has(person.address),
      })),
  };
}

async function requesterOf({ id, requester }: Ticket): Promise<MailAddress[]> {
  if (!requester) return [];
  return [{ name: requester.name, address: await replyAddress(db().prisma, id, requester) }];
}

function firstOf({ kind, from, to }: AnsweredMail): MailAddress[] {
  if (kind === "OUTBOUND") return to;
  return from ? [from] : [];
}

function besideOf({ kind, from, to, cc, replyTo }: AnsweredMail): MailAddress[] {
  return kind === "OUTBOUND" ? cc : [...(from ? [from] : []), ...replyTo, ...to, ...cc];
}

function typed(people: MailAddress[]): string {
  return people.slice(0, RECIPIENTS_MAX).map(mailboxText).join(", ");
}

async function forwardPreview(
  mail: AnsweredMail,
  ticketSubject: string,
): Promise<ReplyHead["forward"]> {
  const { text, newText, subject, attachments } = await db().prisma.message.findUniqueOrThrow({
    where: { id: mail.id },
    select: { text: true, newText: true, subject: true, attachments: { select: { size: true } } },
  });
  const below = forwardBelow(
    { ...mail, subject, text: cut(text || newText, PREVIEW_LENGTH), html: null },
    { withImages: false },
  );
  return {
    subject: `Fwd: ${forwardedSubject(subject || ticketSubject)}`,
    text: preview(below.text),
    files: attachments.length,
    bytes: attachments.reduce((sum, { size }) => sum + size, 0),
  };
}

function preview(text: string): string {
  return text.length <= PREVIEW_LENGTH ? text : `${cut(text, PREVIEW_LENGTH)}\n[…]`;
}

function nameOf({ name, address }: MailAddress): string {
  return name || address;
}
