"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { undoBulk } from "@/lib/tickets/bulk-undo";
import { agentAction } from "./action";
import { paths } from "./paths";
import { outcomeWords } from "./words/outcomes";
import { pageLanguage } from "./words/page-language";
import { ticketWords } from "./words/tickets";

const undoSchema = z.object({ id: z.uuid() });

/** Undoes a change to many tickets: the button beside the toast that told of it. */
export const undoChange = agentAction(undoSchema, async (agent, { id }) => {
  const { undone, stayed } = await undoBulk(agent, id);
  revalidatePath(paths.tickets());
  const all = undone + stayed;
  const language = await pageLanguage();
  const words = outcomeWords[language];
  if (stayed > 0) return { toast: words.undoneBut(stayed, all) };
  return { toast: words.undone(ticketWords[language].count(String(all))) };
});
