"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { userAction } from "@/app/action";
import { paths } from "@/app/paths";
import { openTicketAsCustomer } from "@/lib/tickets/open";
import { replyAsCustomer } from "@/lib/tickets/reply";

const answerSchema = z.object({
  number: z.coerce.number().int().min(1).max(2_147_483_647),
  text: z.string(),
});

/** In the portal everyone is a customer: an agent answers their own tickets only, too. */
export const answer = userAction(answerSchema, async (user, { number, text }) => {
  await replyAsCustomer({ id: user.id, role: "CUSTOMER" }, { number, text });
  revalidatePath(paths.myTicket(number));
});

const openSchema = z.object({
  subject: z.string().max(500, "At most 500 characters."),
  text: z.string(),
});

export const openOwnTicket = userAction(openSchema, async (user, input) => {
  const { number } = await openTicketAsCustomer({ id: user.id, role: "CUSTOMER" }, input);
  redirect(paths.myTicket(number));
});
