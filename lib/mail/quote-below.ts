import { escapeHtml, textToHtml } from "./compose";
import type { MailAddress } from "./mail";
import { mailboxText } from "./mailbox";
import { holdsWords, quoteStart } from "./quote-marks";
import { sanitiseHtml } from "./sanitize";
import { cutBytes, oneLine, pgText } from "./text";

/** Of the mail that is answered; its reader has it, so this only says what is meant. */
const QUOTE_BYTES_MAX = 20 * 1024;
const QUOTE_HTML_LENGTH_MAX = 100 * 1024;

/** What stands below an answer; `html` for when the answer has HTML. */
export type Below = { text: string; html: string };

export type QuotedMail = {
  from: MailAddress;
  date: Date;
  /** What its sender wrote, without what they quoted. */
  newText: string;
  quotedText: string;
  html: string | null;
};

/**
 * A mail as it is quoted below an answer: `On <date>, <from> wrote:`, which mail programs fold with
 * what follows, and its own words as `> ` lines or in a blockquote. What it quoted itself is left
 * out. At most 20 KB of text, whole lines of it; longer or odd HTML is quoted as its text.
 */
export function quoteBelow(mail: QuotedMail): Below {
  const introduction = `On ${dateText(mail.date)}, ${oneLine(mailboxText(mail.from))} wrote:`;
  const words = start(pgText(mail.newText).trim());
  const quoted = words
    .split("\n")
    .map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`.trimEnd()));
  return {
    text: `${introduction}\n${quoted.join("\n")}`,
    html: `<div class="gmail_quote"><p>${escapeHtml(introduction)}</p>
<blockquote type="cite" class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">
${quotedHtml(mail, words)}
</blockquote></div>`,
  };
}

function quotedHtml({ html, newText, quotedText }: QuotedMail, words: string): string {
  const at = html && quotedText ? quoteStart(html) : null;
  const fresh = html && (at === null ? html : html.slice(0, at));
  if (!fresh || fresh.length > QUOTE_HTML_LENGTH_MAX) return textToHtml(words);
  // Its pictures are not sent along, and one on another host would tell of the answer's reader.
  const clean = sanitiseHtml(fresh, { cidUrl: () => null, loadRemoteImages: false }).html;
  const isWhole = holdsWords(clean, newText) && clean.length <= QUOTE_HTML_LENGTH_MAX;
  return isWhole ? clean : textToHtml(words);
}

/** The first 20 KB, as whole lines where there are some. */
function start(text: string): string {
  const head = cutBytes(text, QUOTE_BYTES_MAX);
  if (head.length === text.length) return text;
  const end = head.lastIndexOf("\n");
  return `${end > 0 ? head.slice(0, end) : head}\n[…]`;
}

export type ForwardedMail = {
  from: MailAddress | null;
  to: MailAddress[];
  cc: MailAddress[];
  date: Date;
  subject: string;
  text: string;
  html: string | null;
};

/**
 * A whole mail with its head, as mail programs forward it. Its Bcc is not in the head. Pictures of
 * the mail itself keep their `cid:` where they are sent along, else they are left out.
 */
export function forwardBelow(mail: ForwardedMail, { withImages }: { withImages: boolean }): Below {
  const head = [
    ["From", mail.from ? mailboxText(mail.from) : ""],
    ["Date", dateText(mail.date)],
    ["Subject", mail.subject],
    ["To", mail.to.map(mailboxText).join(", ")],
    ["Cc", mail.cc.map(mailboxText).join(", ")],
  ]
    .filter(([, value]) => value)
    .map(([name = "", value = ""]) => ({ name, value: oneLine(value) }));
  const lines = head.map(({ name, value }) => `${name}: ${value}`);
  const htmlLines = head.map(({ name, value }) => `<b>${name}:</b> ${escapeHtml(value)}`);
  const body = mail.html
    ? sanitiseHtml(mail.html, {
        cidUrl: (id) => (withImages ? `cid:${id}` : null),
        loadRemoteImages: true,
      }).html
    : textToHtml(mail.text);
  return {
    text: [FORWARD_LINE, ...lines, "", pgText(mail.text).trim()].join("\n"),
    html: `<div class="gmail_quote"><p>${[FORWARD_LINE, ...htmlLines].join("<br>\n")}</p>\n${body}</div>`,
  };
}

/** Mail programs know where a forwarded mail begins by it, ours among them. */
const FORWARD_LINE = "---------- Forwarded message ----------";

function dateText(date: Date): string {
  const day = DAY.format(date);
  return `${day} at ${date.toISOString().slice(11, 16)} UTC`;
}

const DAY = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "short", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" },
});
