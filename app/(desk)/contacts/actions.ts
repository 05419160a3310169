"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { agentAction, toastNext } from "@/app/action";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import {
  type ContactSuggestion,
  getContact,
  renameContact,
  suggestContacts,
} from "@/lib/contact-list";
import { mergeContacts } from "@/lib/contact-merge";
import { isUuid } from "@/lib/uuid";

const id = z.string().refine(isUuid);

const renameSchema = z.object({ contactId: id, name: z.string().default("") });

export const rename = agentAction(renameSchema, async (agent, input) => {
  await renameContact(agent, input);
  revalidatePath(paths.contact(input.contactId));
  return { message: "Saved." };
});

const mergeSchema = z.object({
  fromId: id,
  intoId: id,
  userId: z.union([z.literal(""), id]).default(""),
});

export const mergeInto = agentAction(mergeSchema, async (agent, input) => {
  const from = await getContact(agent, input.fromId);
  const { id: left } = await mergeContacts(agent, input);
  await toastNext(`${from.addresses[0]} belongs to this contact now.`);
  redirect(paths.contact(left));
});

/** Known addresses for what somebody has typed so far of a name or an address. */
export async function suggest(text: string): Promise<ContactSuggestion[]> {
  const agent = await requireAgent();
  return suggestContacts(agent, z.string().max(300).parse(text));
}
