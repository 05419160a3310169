"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { paths } from "@/app/paths";
import {
  fetchAgain,
  releaseHeld,
  retryQuarantined,
  retryReceipt,
} from "@/lib/inbound/receipt-decisions";

const idSchema = z.object({ id: z.string().max(100) });
/** Empty: for a release, mail of deleted accounts; for a retry, all accounts. */
const accountSchema = z.object({
  accountId: z
    .string()
    .max(100)
    .transform((id) => id || null),
});

/** Puts a mail from the quarantine, or one on hold, back into the queue. */
export const retry = adminAction(idSchema, async (admin, { id }) => {
  await retryReceipt(admin, id);
  revalidatePath(paths.mail());
  return { toast: "The mail is processed again." };
});

export const retryAll = adminAction(accountSchema, async (admin, { accountId }) => {
  const count = await retryQuarantined(admin, accountId);
  revalidatePath(paths.mail());
  return { toast: `${mails(count)} processed again.` };
});

export const releaseAll = adminAction(accountSchema, async (admin, { accountId }) => {
  const count = await releaseHeld(admin, accountId);
  revalidatePath(paths.mail());
  return { toast: `${mails(count)} released.` };
});

/** Has the server asked once more for a mail it never delivered. */
export const askAgain = adminAction(idSchema, async (admin, { id }) => {
  await fetchAgain(admin, id);
  revalidatePath(paths.mail());
  return { toast: "The next poll asks the server for it again." };
});

function mails(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "mail is" : "mails are"}`;
}
