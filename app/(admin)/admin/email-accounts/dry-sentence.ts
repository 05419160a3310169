import type { DryRun } from "@/lib/accounts/dry-run";

/** "Of the last 30 days 37 mails would make 31 tickets, 4 would be answers, 2 are automatic." */
export function drySentence({ since, isOnlyShown, folder, looked, counts }: DryRun): string {
  const range = isOnlyShown
    ? "Of the last 30 days"
    : since === null
      ? `Of all mail in ${folder}`
      : `Since ${since.slice(0, 10)}`;
  if (looked === 0)
    return isOnlyShown ? "There is no mail of the last 30 days." : "There is no mail to take in.";
  const parts = [
    counts.reply > 0 && `${counts.reply} would be ${counts.reply === 1 ? "an answer" : "answers"}`,
    counts.automatic > 0 && `${counts.automatic} ${are(counts.automatic)} automatic`,
    counts.known > 0 && `${counts.known} ${are(counts.known)} known already`,
    counts.own > 0 && `${counts.own} ${are(counts.own)} our own`,
    counts.unreadable > 0 && `${counts.unreadable} can’t be read`,
  ].filter((part) => part !== false);
  const tickets = countOf(counts.ticket, "ticket", "tickets");
  return `${[`${range} ${countOf(looked, "mail", "mails")} would make ${tickets}`, ...parts].join(", ")}.`;
}

/** "1 mail", "2 mails". */
export function countOf(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

function are(number: number): string {
  return number === 1 ? "is" : "are";
}
