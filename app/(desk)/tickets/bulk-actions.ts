"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { type ActionResult, agentAction, toastNext } from "@/app/action";
import { requireAgent, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { pageLanguage } from "@/app/words/page-language";
import { type BulkProgress, beginBulk, continueBulk } from "@/lib/tickets/bulk";
import { mergeAll } from "@/lib/tickets/bulk-merge";
import { parseTicketQuery, type TicketQuery, ticketQueryString } from "@/lib/tickets/query";
import { listTags } from "@/lib/tickets/tags";
import { type BulkForm, bulkFormSchema, wantedOf } from "./bulk-form";
import { resultText } from "./bulk-words";

/**
 * Changes the selected tickets. A script asks for one batch and goes on with continueChange(); without
 * one all is done here, and the list is shown again.
 */
export const changeTickets = agentAction(bulkFormSchema, async (agent, form) => {
  const query = queryOf(form);
  let progress = await begin(agent, form, query);
  while (progress.done < progress.total) {
    progress = await continueBulk(agent, progress.id);
    if (form.steps) break;
  }
  if (form.steps) return stepOf(progress);
  await toastNext(resultText(progress, await pageLanguage()), undoable(progress));
  redirect(paths.tickets(ticketQueryString(query)));
});

const continueSchema = z.object({ id: z.uuid() });

export const continueChange = agentAction(continueSchema, async (agent, { id }) =>
  stepOf(await continueBulk(agent, id)),
);

/** Names of tags to choose from. */
export async function offerTags(): Promise<string[]> {
  return listTags(await requireAgent());
}

function queryOf({ address }: BulkForm): TicketQuery {
  return parseTicketQuery(Object.fromEntries(new URLSearchParams(address))).query;
}

function begin(agent: SignedIn, form: BulkForm, query: TicketQuery): Promise<BulkProgress> {
  const wanted = wantedOf(form, new Date());
  if (wanted.field === "merge") return mergeAll(agent, { ids: form.id, into: wanted.into });
  return beginBulk(agent, wanted, form.all ? { query } : { ids: form.id });
}

/** When all is done, the next page says so. */
async function stepOf(progress: BulkProgress): Promise<ActionResult> {
  const { id, total, done } = progress;
  if (done < total) return { data: { id, total, done } };
  return {
    data: { id, total, done },
    toast: resultText(progress, await pageLanguage()),
    undo: undoable(progress),
  };
}

function undoable({ id, changed }: BulkProgress): string | undefined {
  return changed > 0 ? id : undefined;
}
