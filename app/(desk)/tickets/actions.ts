"use server";

import { z } from "zod";
import { requireAgent } from "@/app/auth";
import { countNewer } from "@/lib/tickets/list";
import { parseTicketAddress, type TicketCursor } from "@/lib/tickets/query";
import { isUuid } from "@/lib/uuid";

const cursorSchema = z
  .object({ time: z.number().int().min(0).max(8.64e15), id: z.string().refine(isUuid) })
  .nullable();

/** How many tickets of a list now stand above the first one on the screen; 1000 means "999+". */
export async function countNewTickets(address: string, top: TicketCursor | null): Promise<number> {
  const agent = await requireAgent();
  const place = cursorSchema.parse(top);
  const { query } = parseTicketAddress(z.string().max(10_000).parse(address));
  return countNewer(agent, query, place);
}
