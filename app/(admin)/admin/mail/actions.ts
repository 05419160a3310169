"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { paths } from "@/app/paths";
import { retryReceipt } from "@/lib/inbound/receipt-decisions";

/** Puts a mail from the quarantine back into the queue. */
export const retry = adminAction(z.object({ id: z.string().max(100) }), async (admin, { id }) => {
  await retryReceipt(admin, id);
  revalidatePath(paths.mail());
  return { toast: "The mail is processed again." };
});
