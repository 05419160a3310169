import { z } from "zod";

type Row = {
  id: string;
  status: string;
  attempts: number;
  lastError: string | null;
  nextAttemptAt: Date;
};
type Event = { kind: string; data: unknown; actor: { name: string } | null };

/** Who stopped a cancelled delivery; events are newest first. */
export function cancelledBy({ id, status }: Row, events: Event[]): string | null {
  if (status !== "CANCELLED") return null;
  const isOfIt = z.object({ deliveryId: z.literal(id) });
  const event = events.find(
    ({ kind, data }) => kind === "delivery-cancelled" && isOfIt.safeParse(data).success,
  );
  return event?.actor?.name ?? null;
}

/** Seconds until a delivery leaves that has never been tried. undoReply() asks the database's clock. */
export function secondsToUndo(delivery: Row): number {
  if (delivery.status !== "QUEUED" || delivery.attempts > 0 || delivery.lastError) return 0;
  return Math.max(0, Math.ceil((delivery.nextAttemptAt.getTime() - Date.now()) / 1000));
}
