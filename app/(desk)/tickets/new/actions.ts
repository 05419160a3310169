"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { agentAction } from "@/app/action";
import { paths } from "@/app/paths";
import { openTicketAsAgent } from "@/lib/tickets/open";
import { isUuid } from "@/lib/uuid";

const schema = z.object({
  requesterEmail: z.string().trim().min(1, "Enter the requester’s email address.").max(254),
  requesterName: z.string().trim().max(200).default(""),
  subject: z.string().max(500, "At most 500 characters."),
  text: z.string(),
  accountId: z.string().refine(isUuid, "Choose an account.").optional(),
  sendByMail: z.literal("on").optional(),
});

export const openTicket = agentAction(schema, async (agent, input) => {
  const { accountId, sendByMail, ...rest } = input;
  const { number } = await openTicketAsAgent(agent, {
    ...rest,
    ...(accountId ? { accountId } : {}),
    sendByMail: sendByMail === "on",
  });
  redirect(paths.ticket(number));
});
