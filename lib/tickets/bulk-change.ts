import { z } from "zod";
import { Prisma } from "../db/generated/client";
import type { BulkOutcome, TicketStatus } from "../db/generated/enums";
import type { TicketChange } from "./events";
import { STATUS_CHANGES } from "./status";
import { TAGS_MAX } from "./tags";

const statusSchema = z.enum(["OPEN", "PENDING", "SOLVED", "CLOSED"]);
const yesNo = z.enum(["yes", "no"]);

/**
 * A change that is the same for every ticket it is about, as BulkChange keeps it. Values are texts,
 * so that what a ticket was before can be compared and put back whatever it is.
 */
export const bulkChangeSchema = z.discriminatedUnion("field", [
  /** to: a user's id, or null for nobody */
  z.object({ field: z.literal("assignee"), to: z.uuid().nullable() }),
  z.object({ field: z.literal("status"), to: statusSchema }),
  z.object({ field: z.literal("priority"), to: z.enum(["LOW", "NORMAL", "HIGH", "URGENT"]) }),
  z.object({ field: z.literal("spam"), to: yesNo }),
  z.object({ field: z.literal("tag"), to: yesNo, name: z.string() }),
  /** to: milliseconds since 1970, or null to wake it; zone: whose 9:00 it is */
  z.object({ field: z.literal("snooze"), to: z.string().nullable(), zone: z.string() }),
  z.object({ field: z.literal("merge"), into: z.number() }),
]);

export type StoredChange = z.infer<typeof bulkChangeSchema>;
/** Everything but a merge. */
export type FieldChange = Exclude<StoredChange, { field: "merge" }>;

/** A ticket of the change under lock: its value now, and when the agent asked. */
export type Candidate = {
  id: string;
  value: string | null;
  before: string | null;
  status: TicketStatus;
  tagCount: number;
  isMerged: boolean;
  isDeleted: boolean;
};

/** What becomes of a ticket by the change. A newer change of somebody else is never overwritten. */
export function outcomeOf(
  change: FieldChange,
  ticket: Candidate,
): Exclude<BulkOutcome, "PENDING" | "UNDONE" | "STAYED"> {
  if (ticket.isDeleted) return "DELETED";
  if (ticket.isMerged) return "MERGED";
  if (ticket.value === change.to) return "SAME";
  if (ticket.value !== ticket.before) return "CHANGED_SINCE";
  return isAllowed(change, ticket) ? "CHANGED" : "REFUSED";
}

function isAllowed(change: FieldChange, { status, tagCount }: Candidate): boolean {
  switch (change.field) {
    case "status":
      return STATUS_CHANGES[status].includes(change.to);
    case "snooze":
      // A finished ticket is in no list it could be left out of.
      return change.to === null || status === "OPEN" || status === "PENDING";
    case "tag":
      return change.to === "no" || tagCount < TAGS_MAX;
    case "assignee":
    case "priority":
    case "spam":
      return true;
    default:
      return change satisfies never;
  }
}

/** What the change is about, of "Ticket" t, as a text. */
export function currentValue(change: FieldChange): Prisma.Sql {
  switch (change.field) {
    case "assignee":
      return Prisma.sql`t."assigneeId"::text`;
    case "status":
      return Prisma.sql`t."status"::text`;
    case "priority":
      return Prisma.sql`t."priority"::text`;
    case "spam":
      return Prisma.sql`CASE WHEN t."isSpam" THEN 'yes' ELSE 'no' END`;
    case "tag":
      return Prisma.sql`CASE WHEN EXISTS (SELECT 1 FROM "_TagToTicket" l JOIN "Tag" g ON g."id" = l."A"
        WHERE l."B" = t."id" AND g."name" = ${change.name}::citext) THEN 'yes' ELSE 'no' END`;
    case "snooze":
      return Prisma.sql`CASE WHEN t."snoozedUntil" > now()
        THEN round(extract(epoch FROM t."snoozedUntil") * 1000)::bigint::text END`;
    default:
      return change satisfies never;
  }
}

/** The line in a ticket's history. `why` is said of a status only. */
export function eventOf(
  change: FieldChange,
  { from, to, why }: { from: string | null; to: string | null; why?: string },
): TicketChange {
  switch (change.field) {
    case "assignee":
      return { kind: "assigned", from, to };
    case "status":
      return { kind: "status", from: from ?? "", to: to ?? "", ...(why ? { why } : {}) };
    case "priority":
      return { kind: "priority", from: from ?? "", to: to ?? "" };
    case "spam":
      return { kind: to === "yes" ? "spam" : "not-spam" };
    case "tag":
      return { kind: to === "yes" ? "tagged" : "untagged", name: change.name };
    case "snooze":
      return to === null
        ? { kind: "woken" }
        : { kind: "snoozed", until: new Date(Number(to)).toISOString(), zone: change.zone };
    default:
      return change satisfies never;
  }
}

/** The kinds of events that say a change's value, on TicketEvent e. */
export function saysTheSame(change: FieldChange): Prisma.Sql {
  switch (change.field) {
    case "assignee":
      return Prisma.sql`e."kind" = 'assigned'`;
    case "status":
    case "priority":
      return Prisma.sql`e."kind" = ${change.field}`;
    case "spam":
      return Prisma.sql`e."kind" IN ('spam', 'not-spam')`;
    case "tag":
      return Prisma.sql`e."kind" IN ('tagged', 'untagged')
        AND (e."data"->>'name')::citext = ${change.name}::citext`;
    case "snooze":
      return Prisma.sql`e."kind" IN ('snoozed', 'woken')`;
    default:
      return change satisfies never;
  }
}
