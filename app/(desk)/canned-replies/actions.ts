"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { agentAction, toastNext } from "@/app/action";
import { paths } from "@/app/paths";
import { deleteCannedReply, saveCannedReply } from "@/lib/tickets/canned-replies";
import { isUuid } from "@/lib/uuid";

const id = z.string().refine(isUuid);

const saveSchema = z.object({
  id: z.union([z.literal(""), id]).default(""),
  name: z.string().max(1000),
  body: z.string(),
  isShared: z.literal("on").optional(),
});

export const save = agentAction(saveSchema, async (agent, { id, name, body, isShared }) => {
  await saveCannedReply(agent, { id: id || null, name, body, isShared: isShared === "on" });
  revalidatePath(paths.cannedReplies);
  await toastNext("The canned reply is saved.");
  redirect(paths.cannedReplies);
});

export const remove = agentAction(z.object({ id }), async (agent, { id }) => {
  const name = await deleteCannedReply(agent, id);
  revalidatePath(paths.cannedReplies);
  return { toast: `“${name}” is deleted.` };
});
