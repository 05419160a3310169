import type { TicketUncheckedCreateInput } from "../db/generated/models";
import type { Actor } from "../tickets/access";
import { type BulkProgress, beginBulk, continueBulk, type Selection } from "../tickets/bulk";
import type { FieldChange } from "../tickets/bulk-change";
import { createTicket } from "./factories";

/** Tickets that are alike. */
export async function createTickets(
  count: number,
  fields: Partial<TicketUncheckedCreateInput> = {},
) {
  const all = [];
  for (let n = 0; n < count; n++) all.push(await createTicket(fields));
  return all;
}

/** A change of many tickets from its beginning to its end. */
export async function changeAll(
  actor: Actor,
  change: FieldChange,
  selection: Selection,
): Promise<BulkProgress> {
  let progress = await beginBulk(actor, change, selection);
  while (progress.done < progress.total) progress = await continueBulk(actor, progress.id);
  return progress;
}

/** The selection of these tickets. */
export const only = (...tickets: { id: string }[]) => ({ ids: tickets.map(({ id }) => id) });
