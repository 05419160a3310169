import type { Tx } from "../db/client";
import { notify, notifyEach } from "../db/listen";
import { restateClocks } from "./restate-clocks";

/** What can happen to a ticket, and what the history keeps of it. */
export type TicketChange =
  | { kind: "opened"; source: "EMAIL" | "WEB" | "API" }
  | { kind: "message"; messageRowId: string; by: "contact" | "agent" | "note" | "system" }
  /** `with` is the message it was set with. */
  | { kind: "status"; from: string; to: string; why?: string; with?: string }
  | { kind: "priority"; from: string; to: string }
  | { kind: "assigned"; from: string | null; to: string | null; with?: string }
  /** `moveId` is what can be undone; `number` the other ticket. */
  | { kind: "merged-into" | "merged-from"; number: number; moveId?: string }
  | { kind: "moved-to" | "moved-from"; number: number; count: number; moveId: string }
  | {
      kind: "move-undone";
      number: number;
      count: number;
      wasMerge: boolean;
      way: "back" | "away";
    }
  | { kind: "deleted"; why: string }
  /** Ids of contacts. */
  | { kind: "requester"; from: string | null; to: string }
  | { kind: "spam" | "not-spam" }
  | { kind: "tagged" | "untagged"; name: string }
  /** `until` as ISO 8601; `zone` is whose clock the time was meant by. */
  | { kind: "snoozed"; until: string; zone: string }
  | { kind: "woken" }
  /** `number` is the other ticket. */
  | { kind: "related" | "unrelated"; number: number }
  /** `sender` is an address or a domain. */
  | { kind: "sender-blocked" | "sender-unblocked"; sender: string }
  | { kind: "participant-approved"; contactId: string }
  /** Who gets the next answers as well, and who no more: ids of contacts. */
  | { kind: "copies"; added: string[]; agreed: string[]; stopped: string[]; with: string }
  | { kind: "delivery-retried" | "delivery-cancelled"; deliveryId: string; to: string }
  | { kind: "bounced"; address: string; status: string }
  | { kind: "complained" };

/**
 * Writes a change into the ticket's history, in the transaction of the change itself and after it,
 * brings the ticket's times up to date, and tells the listeners after its commit. `actorId` is null when mail or the system did it.
 */
export async function recordEvent(
  tx: Tx,
  ticketId: string,
  actorId: string | null,
  change: TicketChange,
): Promise<void> {
  const { kind, ...data } = change;
  await tx.ticketEvent.create({ data: { ticketId, actorId, kind, data }, select: { id: true } });
  if (movesClock(change)) await restateClocks(tx, [ticketId]);
  await notify(tx, "ticket", ticketId);
}

/** As recordEvent(), of many tickets in a few statements. `id` is the event's own. */
export async function recordEvents(
  tx: Tx,
  actorId: string | null,
  rows: { id: string; ticketId: string; change: TicketChange }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.ticketEvent.createMany({
    data: rows.map(({ id, ticketId, change: { kind, ...data } }) => ({
      ...{ id, ticketId, actorId, kind, data },
    })),
  });
  const moved = rows.filter(({ change }) => movesClock(change));
  await restateClocks(
    tx,
    moved.map(({ ticketId }) => ticketId),
  );
  await notifyEach(
    tx,
    "ticket",
    rows.map(({ ticketId }) => ticketId),
  );
}

/** Whether a change may move a ticket's times. Mail that comes in does so only by its status. */
function movesClock(change: TicketChange): boolean {
  switch (change.kind) {
    case "message":
      return change.by === "agent";
    case "opened":
    case "status":
    case "merged-into":
    case "merged-from":
    case "moved-to":
    case "moved-from":
    case "move-undone":
    case "deleted":
    case "spam":
    case "not-spam":
    case "delivery-retried":
    case "delivery-cancelled":
      return true;
    default:
      return false;
  }
}
