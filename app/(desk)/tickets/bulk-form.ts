import { z } from "zod";
import { AppError } from "@/lib/errors";
import type { FieldChange } from "@/lib/tickets/bulk-change";
import { SNOOZE_PRESETS, wakeOnDay, wakeTime, zoneOr } from "@/lib/tickets/snooze";
import { tagName } from "@/lib/tickets/tags";

const text = (charsMax: number) => z.string().max(charsMax).default("");

/** What the form of the bar sends. The values of its buttons are "field:value". */
export const bulkFormSchema = z.object({
  id: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  /** All that the list at `address` holds, on whatever page. */
  all: z.literal("1").optional(),
  address: text(2000),
  change: text(60),
  /** The browser's time zone. */
  zone: text(100),
  date: text(10),
  tag: text(1000),
  /** A ticket's number as people write it. */
  into: text(20),
  /** Set by the script in the browser, which asks for one batch after another. */
  steps: z.literal("1").optional(),
});

export type BulkForm = z.output<typeof bulkFormSchema>;

/** `into` is null for the oldest of the tickets. */
export type Wanted = FieldChange | { field: "merge"; into: number | null };

const wantedSchema = z.union([
  z.object({ field: z.literal("assignee"), to: z.union([z.literal(""), z.uuid()]) }),
  z.object({ field: z.literal("status"), to: z.enum(["OPEN", "PENDING", "SOLVED", "CLOSED"]) }),
  z.object({ field: z.literal("priority"), to: z.enum(["LOW", "NORMAL", "HIGH", "URGENT"]) }),
  z.object({ field: z.enum(["spam", "tag"]), to: z.enum(["yes", "no"]) }),
  z.object({ field: z.literal("snooze"), to: z.enum([...SNOOZE_PRESETS, "day", "wake"]) }),
  z.object({ field: z.literal("merge"), to: z.enum(["oldest", "number"]) }),
]);

/**
 * What the pressed button asks for. Enter in a field presses the first button of a form, which has
 * no value of its own: then it is what was typed that counts.
 * @throws AppError "invalid" naming the field (tag, date, into) that can't be understood.
 */
export function wantedOf(form: BulkForm, now: Date): Wanted {
  const [field, to = ""] = (form.change || changeByEnter(form)).split(":");
  const { data: wanted } = wantedSchema.safeParse({ field, to });
  if (!wanted) throw new AppError("invalid", "Press the button of what you want to change.");
  const zone = zoneOr(form.zone);
  switch (wanted.field) {
    case "assignee":
      return { field: "assignee", to: wanted.to || null };
    case "status":
    case "priority":
      return wanted;
    case "spam":
      return { field: "spam", to: wanted.to };
    case "tag":
      return { field: "tag", to: wanted.to, name: tagName(form.tag) };
    case "snooze":
      return { field: "snooze", to: wakeText(wanted.to, form.date, { zone, now }), zone };
    case "merge":
      return { field: "merge", into: wanted.to === "oldest" ? null : numberOf(form.into) };
    default:
      return wanted satisfies never;
  }
}

function changeByEnter({ tag, date, into }: BulkForm): string {
  const typed = [tag && "tag:yes", date && "snooze:day", into && "merge:number"].filter(Boolean);
  return typed.length === 1 ? (typed[0] ?? "") : "";
}

function wakeText(
  to: (typeof SNOOZE_PRESETS)[number] | "day" | "wake",
  date: string,
  { zone, now }: { zone: string; now: Date },
): string | null {
  if (to === "wake") return null;
  const moment = to === "day" ? wakeOnDay(date, zone, now) : wakeTime(to, zone, now);
  return String(moment.getTime());
}

function numberOf(typed: string): number {
  const number = /^#?([1-9]\d{0,8})$/.exec(typed.trim())?.[1];
  if (!number) throw new AppError("invalid", "Type the number of a ticket, like #42.", "into");
  return Number(number);
}
