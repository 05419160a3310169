"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { userAction } from "@/app/action";
import { paths } from "@/app/paths";
import { changeOwnName, changeOwnPassword, endOwnSession } from "@/lib/profile";

export const changeName = userAction(
  z.object({ name: z.string().max(1000).default("") }),
  async (user, { name }) => {
    await changeOwnName(user, name);
    revalidatePath("/", "layout");
    return { message: "Name changed." };
  },
);

const passwords = z.object({
  current: z.string().max(10_000).default(""),
  password: z.string().max(10_000).default(""),
});

export const changePassword = userAction(passwords, async (user, input) => {
  await changeOwnPassword(user, input);
  revalidatePath(paths.profile);
  return { message: "Password changed. You are signed out everywhere else." };
});

export const endSession = userAction(
  z.object({ sessionId: z.string().max(100).default("") }),
  async (user, { sessionId }) => {
    await endOwnSession(user, sessionId);
    revalidatePath(paths.profile);
    return { toast: "Signed out there." };
  },
);
