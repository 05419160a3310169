import type { MailHeader } from "./mail";
import { oneLine } from "./text";

/** From this spam confidence level on Exchange calls a mail spam; 9 is the most. */
const SCL_SPAM = 5;

const isYes = (value: string) => /^\s*(?:yes|true)\b/i.test(value);
const isSpamLevel = (level: string | undefined) => level !== undefined && Number(level) >= SCL_SPAM;

/** The headers by which filters give their verdict, and whether a value of theirs means spam. */
const VERDICTS = new Map<string, (value: string) => boolean>([
  // SpamAssassin and those who write as it does
  ["x-spam-flag", isYes],
  ["x-spam-status", isYes],
  ["x-spam", isYes],
  ["x-barracuda-spam-status", isYes],
  // Rspamd: what it would have done
  [
    "x-rspamd-action",
    (value) => /^\s*(?:add[ _]header|rewrite[ _]subject|quarantine|reject)\b/i.test(value),
  ],
  // Exchange and Microsoft 365
  ["x-ms-exchange-organization-scl", (value) => isSpamLevel(/^\s*(-?\d{1,2})\b/.exec(value)?.[1])],
  [
    "x-forefront-antispam-report",
    (value) => isSpamLevel(/(?:^|;)\s{0,5}SCL:(-?\d{1,2})\b/i.exec(value.slice(0, 2_000))?.[1]),
  ],
]);

/**
 * The header by which the receiving server takes a mail for spam, in words, or null. Servers write
 * above what came with the mail, and each adds a Received: of the blocks between those the topmost
 * with any verdict counts, and one "spam" in it is enough. Nobody signs these headers, so this is a
 * hint: whoever forges one calls their own mail spam.
 */
export function readSpamVerdict(headers: readonly MailHeader[]): string | null {
  let hasVerdict = false;
  for (const { name, value } of headers) {
    if (/^received$/i.test(name) && hasVerdict) return null;
    const isSpam = VERDICTS.get(name.toLowerCase());
    if (isSpam === undefined) continue;
    hasVerdict = true;
    if (isSpam(value)) return `${name}: ${oneLine(value).slice(0, 60)}`;
  }
  return null;
}
