import type { BulkProgress } from "@/lib/tickets/bulk";
import type { StoredChange } from "@/lib/tickets/bulk-change";
import { wakeWords } from "@/lib/tickets/snooze";
import { PRIORITY_WORDS, STATUS_WORDS } from "./words";

const SKIPPED: Record<keyof BulkProgress["skipped"], (change: StoredChange) => string> = {
  SAME: () => "so already",
  MERGED: () => "merged meanwhile",
  DELETED: () => "deleted meanwhile",
  CHANGED_SINCE: () => "changed by somebody else meanwhile",
  REFUSED: (change) => REFUSED[change.field] ?? "not possible",
};

const REFUSED: Partial<Record<StoredChange["field"], string>> = {
  status: "closed, which can only be opened",
  snooze: "solved or closed",
  tag: "with 20 tags already",
};

/** What became of a change that is done: "40 tickets solved. 2 skipped: 2 so already." */
export function resultText({ change, changed, skipped }: BulkProgress): string {
  const reasons = Object.entries(skipped).map(
    ([why, count]) => `${count} ${SKIPPED[why as keyof typeof SKIPPED](change)}`,
  );
  const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  if (changed === 0) return `Nothing changed: ${reasons.join(", ") || "no ticket is left"}.`;
  const done = `${changed === 1 ? "1 ticket" : `${changed} tickets`} ${verb(change, changed)}.`;
  return left === 0 ? done : `${done} ${left} skipped: ${reasons.join(", ")}.`;
}

function verb(change: StoredChange, count: number): string {
  switch (change.field) {
    case "assignee":
      return change.to ? "assigned" : "assigned to nobody";
    case "status":
      return `set to ${STATUS_WORDS[change.to].toLowerCase()}`;
    case "priority":
      return `set to ${PRIORITY_WORDS[change.to].toLowerCase()} priority`;
    case "spam":
      return change.to === "yes" ? "put into spam" : "taken out of spam";
    case "tag":
      return change.to === "yes" ? `tagged “${change.name}”` : `no longer tagged “${change.name}”`;
    case "snooze":
      return change.to === null
        ? "woken"
        : `snoozed until ${wakeWords(new Date(Number(change.to)), change.zone)}`;
    case "merge":
      return `${count === 1 ? "was" : "were"} merged into #${change.into}`;
    default:
      return change satisfies never;
  }
}
