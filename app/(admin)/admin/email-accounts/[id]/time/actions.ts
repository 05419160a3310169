"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { adminAction, toastNext } from "@/app/action";
import { paths } from "@/app/paths";
import { saveAccountTime } from "@/lib/accounts/time";
import { accountTimeSchema } from "@/lib/accounts/time-schema";

const schema = z.object({ id: z.string().max(100) }).and(accountTimeSchema);

/** Keeps an account's hours and targets, and leads back to the account. */
export const saveTime = adminAction(schema, async (admin, { id, ...time }) => {
  const { email } = await saveAccountTime(admin, id, time);
  await toastNext(`Saved the hours and targets of ${email}.`);
  revalidatePath(paths.editEmailAccount(id));
  redirect(paths.editEmailAccount(id));
});
