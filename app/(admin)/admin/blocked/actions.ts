"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { paths } from "@/app/paths";
import { blockByHand, unblockByHand } from "@/lib/blocked-senders";
import { isUuid } from "@/lib/uuid";

const senderSchema = z.object({
  sender: z.string().trim().min(1, "Type an address or a domain.").max(254),
});

export const addBlock = adminAction(senderSchema, async (admin, { sender }) => {
  const blocked = await blockByHand(admin, sender);
  revalidatePath(paths.blocked);
  return { toast: `New mail from ${blocked} goes to spam.` };
});

const idSchema = z.object({ id: z.string().refine(isUuid) });

export const removeBlock = adminAction(idSchema, async (admin, { id }) => {
  const sender = await unblockByHand(admin, id);
  revalidatePath(paths.blocked);
  return { toast: `${sender} is no longer blocked.` };
});
