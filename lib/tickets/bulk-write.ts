import type { Tx } from "../db/client";
import type { FieldChange } from "./bulk-change";
import { writeTag } from "./tags";

/** A ticket and the value it gets. `closedAt` counts for a status only. */
export type NewValue = { id: string; value: string | null; closedAt: Date | null };

/** Gives tickets their values of what the change is about, in a statement or two. */
export async function writeValues(tx: Tx, change: FieldChange, rows: NewValue[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const values = rows.map(({ value }) => value);
  switch (change.field) {
    case "assignee":
      // Who left for good meanwhile can't be given anything back.
      await tx.$executeRaw`
        UPDATE "Ticket" t SET "updatedAt" = now(),
          "assigneeId" = (SELECT u."id" FROM "User" u WHERE u."id" = v.value::uuid)
        FROM unnest(${ids}::uuid[], ${values}::text[]) AS v(id, value) WHERE t."id" = v.id`;
      return;
    case "status":
      await tx.$executeRaw`
        UPDATE "Ticket" t SET "updatedAt" = now(), "status" = v.value::"TicketStatus",
          "closedAt" = CASE WHEN v.value = 'CLOSED' THEN coalesce(v.closed, now()) END
        FROM unnest(${ids}::uuid[], ${values}::text[], ${rows.map(({ closedAt }) => closedAt?.toISOString() ?? null)}::timestamptz[])
          AS v(id, value, closed) WHERE t."id" = v.id`;
      return;
    case "priority":
      await tx.$executeRaw`
        UPDATE "Ticket" t SET "updatedAt" = now(), "priority" = v.value::"TicketPriority"
        FROM unnest(${ids}::uuid[], ${values}::text[]) AS v(id, value) WHERE t."id" = v.id`;
      return;
    case "spam":
      await tx.$executeRaw`
        UPDATE "Ticket" t SET "updatedAt" = now(), "isSpam" = v.value = 'yes'
        FROM unnest(${ids}::uuid[], ${values}::text[]) AS v(id, value) WHERE t."id" = v.id`;
      return;
    case "snooze":
      await tx.$executeRaw`
        UPDATE "Ticket" t SET "updatedAt" = now(),
          "snoozedUntil" = to_timestamp(v.value::numeric / 1000)
        FROM unnest(${ids}::uuid[], ${values}::text[]) AS v(id, value) WHERE t."id" = v.id`;
      return;
    case "tag": {
      const having = (wanted: string) =>
        rows.filter(({ value }) => value === wanted).map(({ id }) => id);
      await writeTag(tx, change.name, { add: having("yes"), remove: having("no") });
      return;
    }
    default:
      change satisfies never;
  }
}
