"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { agentAction, userAction } from "@/app/action";
import { paths } from "@/app/paths";
import { wordsOf } from "@/app/words/page-language";
import { profileWords } from "@/app/words/profile";
import {
  changeOwnKeys,
  changeOwnName,
  changeOwnNotices,
  changeOwnPassword,
  changeOwnSignature,
  endOwnSession,
} from "@/lib/profile";

export const changeName = userAction(
  z.object({ name: z.string().max(1000).default("") }),
  async (user, { name }) => {
    await changeOwnName(user, name);
    revalidatePath("/", "layout");
    return { message: (await wordsOf(profileWords)).nameChanged };
  },
);

export const changeNotices = agentAction(
  z.object({
    assigned: z.literal("on").optional(),
    replies: z.literal("on").optional(),
    targets: z.literal("on").optional(),
  }),
  async (agent, { assigned, replies, targets }) => {
    const wanted = { assigned: assigned === "on", replies: replies === "on" };
    await changeOwnNotices(agent, { ...wanted, targets: targets === "on" });
    revalidatePath(paths.profile);
    return { message: (await wordsOf(profileWords)).changed };
  },
);

export const changeKeys = agentAction(
  z.object({ singleKeys: z.literal("on").optional() }),
  async (agent, { singleKeys }) => {
    await changeOwnKeys(agent, singleKeys !== undefined);
    revalidatePath("/", "layout");
    const words = await wordsOf(profileWords);
    return { message: singleKeys ? words.keysOn : words.keysOff };
  },
);

export const changeSignature = agentAction(
  z.object({ signature: z.string().default("") }),
  async (agent, { signature }) => {
    await changeOwnSignature(agent, signature);
    revalidatePath(paths.profile);
    return { message: signature.trim() ? "Signature saved." : "No signature of your own." };
  },
);

const passwords = z.object({
  current: z.string().max(10_000).default(""),
  password: z.string().max(10_000).default(""),
});

export const changePassword = userAction(passwords, async (user, input) => {
  await changeOwnPassword(user, input);
  revalidatePath(paths.profile);
  return { message: (await wordsOf(profileWords)).passwordChanged };
});

export const endSession = userAction(
  z.object({ sessionId: z.string().max(100).default("") }),
  async (user, { sessionId }) => {
    await endOwnSession(user, sessionId);
    revalidatePath(paths.profile);
    return { toast: (await wordsOf(profileWords)).signedOut };
  },
);
