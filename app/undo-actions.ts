"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { undoBulk } from "@/lib/tickets/bulk-undo";
import { agentAction } from "./action";
import { paths } from "./paths";

const undoSchema = z.object({ id: z.uuid() });

/** Undoes a change to many tickets: the button beside the toast that told of it. */
export const undoChange = agentAction(undoSchema, async (agent, { id }) => {
  const { undone, stayed } = await undoBulk(agent, id);
  revalidatePath(paths.tickets());
  const all = undone + stayed;
  if (stayed === 0) return { toast: `Undone: ${all === 1 ? "1 ticket" : `${all} tickets`}.` };
  const were = stayed === 1 ? "was changed since and stays" : "were changed since and stay";
  return { toast: `Undone. ${stayed} of ${all} ${were}.` };
});
