import { env } from "./env";
import { cut, oneLine } from "./mail/text";
import type { Notice } from "./outbound/notice";
import { wakeWords } from "./tickets/snooze";

/** What an agent is told about one ticket. */
export type TicketNews = {
  number: number;
  subject: string;
  snippet: string;
  /** Name or address of who opened it; null when nobody knows. */
  requester: string | null;
  isAssignment: boolean;
  /** Who gave them the ticket; null for the machine's owner. */
  assignedBy: string | null;
  replies: number;
  /** What will be missed soon; null when that is not what it is about. */
  due: { what: "first-response" | "resolution"; at: Date; zone: string } | null;
  isMention: boolean;
  /** Who named them in a note; null when that person is gone. */
  mentionedBy: string | null;
};

const SUBJECT_LENGTH_MAX = 150;

/**
 * The mail that tells an agent about one ticket, or about several at once. Its subject names tickets
 * without the brackets that would make an answer join one.
 */
export function agentMail(
  to: { name: string; address: string },
  news: readonly [TicketNews, ...TicketNews[]],
): Notice {
  const [first] = news;
  const isOne = news.length === 1;
  const text = [
    to.name ? `Hello ${to.name},` : "Hello,",
    isOne ? storyOf(first) : `${news.length} tickets need you:`,
    ...(isOne ? [first.snippet && `  ${first.snippet}`, addressOf(first)] : news.map(lineOf)),
    `To answer, open the ticket: an answer to this mail does not reach the customer. Which of these mails you get: ${env().APP_URL}/profile`,
  ].filter((part) => part !== "");
  const subject = isOne ? subjectOf(first) : `${news.length} tickets need you`;
  return {
    to,
    subject: cut(oneLine(subject), SUBJECT_LENGTH_MAX),
    text: `${text.join("\n\n")}\n`,
    isTicketNews: true,
  };
}

function subjectOf(news: TicketNews): string {
  const { isAssignment, isMention, mentionedBy, replies, number, subject, due } = news;
  const title = subject.replaceAll("[#", "#");
  if (due) return `${DUE_WORDS[due.what]} due soon on #${number}: ${title}`;
  if (isAssignment) return `#${number} is yours: ${title}`;
  if (isMention) return `${mentionedBy ?? "Somebody"} named you on #${number}: ${title}`;
  return `${repliesText(replies)} on #${number}: ${title}`;
}

function storyOf(news: TicketNews): string {
  const { number, subject, requester, isAssignment, assignedBy, isMention, mentionedBy } = news;
  const { replies, due } = news;
  const ticket = `ticket #${number} “${subject}”${requester ? `, from ${requester}` : ""}`;
  if (due)
    return `The ${DUE_WORDS[due.what].toLowerCase()} is due ${dueText(due)} on your ${ticket}:`;
  const since = replies > 0 ? ` ${repliesText(replies)} since.` : "";
  const named = `${mentionedBy ?? "Somebody"} named you in a note on ${isAssignment ? "it" : ticket}.`;
  if (!isAssignment)
    return isMention
      ? `${named}${since}`
      : `${repliesText(replies).toLowerCase()} on your ${ticket}:`;
  return `${assignedBy ?? "The machine's owner"} gave you ${ticket}.${isMention ? ` ${named}` : ""}${since}`;
}

function lineOf(news: TicketNews): string {
  const what = news.isAssignment
    ? `given to you by ${news.assignedBy ?? "the machine's owner"}`
    : "";
  const { due } = news;
  const named = news.isMention ? `named in a note by ${news.mentionedBy ?? "somebody"}` : "";
  const told = [
    due ? `${DUE_WORDS[due.what].toLowerCase()} due ${dueText(due)}` : "",
    what,
    named,
    news.replies > 0 ? repliesText(news.replies).toLowerCase() : "",
  ];
  return `#${news.number} ${news.subject}\n${told.filter(Boolean).join(", ")}\n${addressOf(news)}`;
}

const DUE_WORDS = { "first-response": "First response", resolution: "Resolution" };
const dueText = ({ at, zone }: NonNullable<TicketNews["due"]>) => wakeWords(at, zone);
const repliesText = (count: number) => (count === 1 ? "New reply" : `${count} new replies`);
const addressOf = ({ number }: TicketNews) => `${env().APP_URL}/tickets/${number}`;
