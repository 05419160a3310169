import { type Language, LOCALES } from "@/app/words/dictionary";
import { outcomeWords } from "@/app/words/outcomes";
import { ticketWords } from "@/app/words/tickets";
import type { BulkProgress } from "@/lib/tickets/bulk";
import type { StoredChange } from "@/lib/tickets/bulk-change";
import { wakeWords, zoneOr } from "@/lib/tickets/snooze";

/** What became of a change that is done: "40 tickets set to solved. 2 skipped: 2 so already." */
export function resultText(progress: BulkProgress, language: Language): string {
  const words = outcomeWords[language];
  const { change, changed, skipped } = progress;
  const reasons = Object.entries(skipped).map(
    ([why, count]) => `${count} ${skipText(why as keyof typeof skipped, change, language)}`,
  );
  const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  if (changed === 0) return words.nothing(reasons.join(", ") || words.noTicket);
  const done = doneText(change, changed, language);
  return left === 0 ? done : `${done} ${words.skipped(left, reasons.join(", "))}`;
}

function skipText(
  why: keyof BulkProgress["skipped"],
  { field }: StoredChange,
  language: Language,
): string {
  const words = outcomeWords[language];
  const isTold = why === "REFUSED" && (field === "status" || field === "snooze" || field === "tag");
  return isTold ? words.refused[field] : words.why[why];
}

function doneText(change: StoredChange, count: number, language: Language): string {
  const words = outcomeWords[language];
  const tickets = ticketWords[language].count(String(count));
  switch (change.field) {
    case "assignee":
      return change.to ? words.assigned(tickets) : words.unassigned(tickets);
    case "status":
      return words.status[change.to](tickets);
    case "priority":
      return words.priority[change.to](tickets);
    case "spam":
      return change.to === "yes" ? words.spam(tickets) : words.notSpam(tickets);
    case "tag":
      return change.to === "yes"
        ? words.tagged(tickets, change.name)
        : words.untagged(tickets, change.name);
    case "snooze":
      return change.to === null
        ? words.woken(tickets)
        : words.snoozed(tickets, wakeText(new Date(Number(change.to)), change.zone, language));
    case "merge":
      return words.merged(tickets, count, change.into);
    default:
      return change satisfies never;
  }
}

/** "Sat 28 Nov 2026, 09:00 (Europe/Berlin)", "Sa., 28. Nov. 2026, 09:00 (Europe/Berlin)". */
function wakeText(moment: Date, zone: string, language: Language): string {
  if (language === "en") return wakeWords(moment, zone);
  const known = zoneOr(zone);
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", timeZone: known },
  });
  return `${format.format(moment)} (${known})`;
}
