import type { ActionState } from "@/app/action-state";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import { type BelowChoice, UNCHOSEN } from "./below-choice";

export type AddressTexts = { to: string; cc: string; bcc: string };

/** What the agent has put into the fields themselves. */
export type Typed = Partial<AddressTexts & { accountId: string }>;

/** Which head a form has: another one when the agent chose another mail. */
export function headKey({ mode, chosenId }: Pick<ReplyHead, "mode" | "chosenId">): string {
  return `${mode} ${chosenId ?? ""}`;
}

type Fields = Record<string, string>;

/** What the form was about that a draft was begun in. */
export function begunFor({ forwards, answers }: Fields): Pick<ReplyHead, "mode" | "chosenId"> {
  return forwards
    ? { mode: "forward", chosenId: forwards }
    : { mode: "reply", chosenId: answers || null };
}

/**
 * What a draft holds of the fields. Addresses of a mail that is passed on, or of an answer to another
 * one, stay away from this form: nobody writes to the wrong person.
 */
export function keptIn(fields: Fields | undefined, head: ReplyHead): Typed {
  if (!fields || headKey(begunFor(fields)) !== headKey(head)) return {};
  const { to, cc, bcc, accountId } = fields;
  const kept = Object.entries({ to, cc, bcc, accountId }).filter(([, text]) => text !== undefined);
  return Object.fromEntries(kept);
}

/** The same of what stands below the words. */
export function choiceIn(fields: Fields | undefined, head: ReplyHead): BelowChoice {
  if (!fields || headKey(begunFor(fields)) !== headKey(head)) return UNCHOSEN;
  return {
    isQuoting: "quoteOffered" in fields ? "quote" in fields : null,
    isQuotingToNewcomers: "quoteToNewcomers" in fields,
    // Where there are none, nothing was asked.
    withFiles: "withFiles" in fields || !head.forward?.files,
  };
}

/** What comes back with a refusal, also before JavaScript. */
export function typedIn(state: ActionState): Typed {
  if (!("values" in state)) return {};
  const { to, cc, bcc, accountId } = state.values;
  return { ...(to === undefined ? {} : { to, cc, bcc, accountId }) };
}
