"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { agentAction, toastNext } from "@/app/action";
import { paths } from "@/app/paths";
import { wordsOf } from "@/app/words/page-language";
import { viewsWords } from "@/app/words/views";
import {
  deleteSavedView,
  moveSavedView,
  renameSavedView,
  saveView,
  shareSavedView,
} from "@/lib/tickets/saved-views";
import { isUuid } from "@/lib/uuid";

const id = z.string().refine(isUuid);
const name = z.string().max(1000).default("");

const saveSchema = z.object({
  name,
  address: z.string().max(10_000),
  isShared: z.literal("on").optional(),
  replacedId: z.union([z.literal(""), id]).default(""),
});

export const save = agentAction(saveSchema, async (agent, { replacedId, isShared, ...view }) => {
  const query = await saveView(agent, {
    ...view,
    isShared: isShared === "on",
    replacedId: replacedId || null,
  });
  revalidatePath(paths.tickets(), "layout");
  await toastNext((await wordsOf(viewsWords)).isSaved);
  redirect(paths.tickets(query));
});

export const rename = agentAction(z.object({ id, name }), async (agent, view) => {
  await renameSavedView(agent, view.id, view.name);
  revalidatePath(paths.tickets(), "layout");
  return { message: (await wordsOf(viewsWords)).isRenamed };
});

const moveSchema = z.object({ id, way: z.enum(["up", "down"]) });

export const move = agentAction(moveSchema, async (agent, { id, way }) => {
  await moveSavedView(agent, id, way);
  revalidatePath(paths.tickets(), "layout");
});

const shareSchema = z.object({ id, isShared: z.enum(["yes", "no"]) });

export const share = agentAction(shareSchema, async (agent, { id, isShared }) => {
  await shareSavedView(agent, id, isShared === "yes");
  revalidatePath(paths.tickets(), "layout");
});

export const remove = agentAction(z.object({ id }), async (agent, { id }) => {
  const name = await deleteSavedView(agent, id);
  revalidatePath(paths.tickets(), "layout");
  return { toast: (await wordsOf(viewsWords)).isDeleted(name) };
});
