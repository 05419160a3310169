import type { TicketPage } from "@/lib/tickets/list-page";

/** How many a list holds; "999+", "260+" or "50+", where counting stopped. */
export function counted({
  count,
  countMax = 1000,
}: Pick<TicketPage, "count" | "countMax">): string {
  return count >= countMax ? `${countMax - 1}+` : String(count);
}
