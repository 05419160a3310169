import { dateWords } from "../date-words";
import { env } from "../env";
import { cut, oneLine } from "../mail/text";
import type { Notice } from "../outbound/notice";

/** How an alert ended: mail comes in again, the account is not polled any more, or it is gone. */
export type AlertEnding = "recovered" | "paused" | "removed";

/** What is told about one account; `ending` is null while it is late. */
export type AccountNews = {
  id: string;
  email: string;
  lateSince: Date;
  cause: string | null;
  fix: string | null;
  ending: AlertEnding | null;
};

export type AlertNews = { news: "stopped" | "over"; accounts: AccountNews[] };

/** Accounts that one mail names; the page has them all. */
const NAMED_MAX = 20;

const SUBJECT_LENGTH_MAX = 150;

/** The mail that tells one admin about accounts that bring no mail, or bring it again. */
export function alertMail(
  to: { name: string; address: string },
  { news, accounts }: AlertNews,
): Notice {
  const named = accounts.slice(0, NAMED_MAX);
  const more = accounts.length - named.length;
  const parts = [
    to.name ? `Hello ${to.name},` : "Hello,",
    ...named.map(storyOf),
    ...(more > 0 ? [`And ${more} more.`] : []),
    news === "stopped"
      ? "New mail waits in the inbox, and becomes tickets once the account works again. You will be told when it does."
      : "Mail that came meanwhile is read now.",
    `${env().APP_URL}/admin/email-accounts`,
  ];
  return {
    to,
    subject: cut(oneLine(subjectOf(news, accounts)), SUBJECT_LENGTH_MAX),
    text: `${parts.join("\n\n")}\n`,
  };
}

function subjectOf(news: AlertNews["news"], accounts: AccountNews[]): string {
  const [first] = accounts;
  const isOne = accounts.length === 1;
  const who = isOne ? first?.email : `${accounts.length} email accounts`;
  if (news === "stopped") return `${who} ${isOne ? "brings" : "bring"} no mail`;
  if (accounts.every(({ ending }) => ending === "recovered"))
    return `${who} ${isOne ? "brings" : "bring"} mail again`;
  return `${who}: no longer waited for`;
}

function storyOf({ email, lateSince, cause, fix, ending }: AccountNews): string {
  const since = dateWords(lateSince);
  switch (ending) {
    case "recovered":
      return `${email} works again. It had brought no mail since ${since}.`;
    case "paused":
      return `${email} had brought no mail since ${since}. It is not polled any more: somebody paused it.`;
    case "removed":
      return `${email} had brought no mail since ${since}. It has been deleted.`;
    case null: {
      const why = cause ?? "No poll has ended well, and none has failed: the worker may be busy.";
      return [`${email} has brought no mail since ${since}.`, why, fix].filter(Boolean).join("\n");
    }
  }
}
