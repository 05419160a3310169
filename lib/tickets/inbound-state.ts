import type { TicketStatus } from "../db/generated/enums";
import { cut, pgText } from "../mail/text";
import { REOPENED_BY_ANSWER } from "./status";

/** Characters of a message that the list shows below the subject. */
const SNIPPET_LENGTH = 160;
const BEGINNING_LENGTH = 1_000;

/** What a message changes on its ticket. */
export type TicketState = {
  status: TicketStatus;
  messageCount: number;
  lastMessageAt: Date;
  awaitingUs: boolean;
  awaitingSince: Date;
  snippet: string;
  snoozedUntil: Date | null;
};

/** The new words of a message in one line, for the list: no quoted lines where there are others. */
export function snippetOf(text: string): string {
  const own = text.includes(">") ? text.replace(/^>.*$/gm, "") : text;
  const words = own.trim() === "" ? text : own;
  // The beginning is enough, but for texts that begin with nothing but white space.
  const beginning = inOneLine(words.slice(0, BEGINNING_LENGTH));
  return cut(beginning.length > SNIPPET_LENGTH ? beginning : inOneLine(words), SNIPPET_LENGTH);
}

function inOneLine(text: string): string {
  return pgText(text).replace(/\s+/g, " ").trim();
}

/**
 * A ticket after a contact wrote `text`, said at `at`. An answer reopens PENDING and SOLVED and puts
 * the next move on us, unless it is quiet: a robot's mail, or a second copy. Old mail that is read
 * late keeps its place in the list. The wait is counted from the first word we have not answered.
 */
export function afterInbound(
  before: TicketState,
  { text, isQuiet, at }: { text: string; isQuiet: boolean; at: Date },
): TicketState {
  const isFirst = before.messageCount === 0;
  const after = { ...before, messageCount: before.messageCount + 1 };
  if (!isQuiet || isFirst) Object.assign(after, { snippet: snippetOf(text), snoozedUntil: null });
  if (isFirst || at > before.lastMessageAt) after.lastMessageAt = at;
  if (isFirst) Object.assign(after, { awaitingSince: at, awaitingUs: !isQuiet });
  if (isQuiet) return after;
  if (REOPENED_BY_ANSWER.includes(before.status)) after.status = "OPEN";
  if (!after.awaitingUs) Object.assign(after, { awaitingUs: true, awaitingSince: at });
  return after;
}
