"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { hasPracticeServer } from "@/app/(desk)/practice/practice-server";
import { adminAction, toastNext } from "@/app/action";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { wordsOf } from "@/app/words/page-language";
import { stepsWords } from "@/app/words/steps";
import { type FirstSteps, hideFirstSteps, readFirstSteps, showFirstSteps } from "@/lib/first-steps";
import { removePractice } from "@/lib/practice-removal";

/** The list as it is now, for a page that watches it. */
export async function readSteps(): Promise<FirstSteps | null> {
  const admin = await requireAdmin();
  return readFirstSteps(admin, { hasPracticeServer: hasPracticeServer() });
}

const nothing = z.object({});

export const hideSteps = adminAction(nothing, async (admin) => {
  await hideFirstSteps(admin);
  revalidatePath(paths.home, "layout");
  return { toast: (await wordsOf(stepsWords)).hidden };
});

export const closeSteps = adminAction(nothing, async (admin) => {
  await hideFirstSteps(admin);
  revalidatePath(paths.home, "layout");
});

export const showSteps = adminAction(nothing, async (admin) => {
  await showFirstSteps(admin);
  redirect(paths.tickets());
});

/** Deletes what the practice mail left, and leads to the list without it. */
export const removeSamples = adminAction(nothing, async (admin) => {
  const { tickets, newDefault } = await removePractice(admin);
  const words = await wordsOf(stepsWords);
  const heir = newDefault ? ` ${words.newDefault(newDefault)}` : "";
  await toastNext(`${words.removed(tickets)}${heir}`);
  redirect(paths.tickets());
});
