"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { agentAction } from "@/app/action";
import { paths } from "@/app/paths";
import { requestPoll } from "@/lib/accounts/polling";
import { AppError } from "@/lib/errors";
import { findPracticeAccount } from "@/lib/practice";
import { hasPracticeServer, sendCustomerAnswer, sendPracticeMail } from "./practice-server";

const sendSchema = z.object({ kind: z.string().max(100) });

export const sendMail = agentAction(sendSchema, async (_agent, { kind }) => {
  requirePractice();
  await sendPracticeMail(kind);
  await pollSoon();
  return { message: "Sent. It appears below as soon as the worker has read it." };
});

const answerSchema = z.object({
  uid: z.coerce.number().int().positive(),
  text: z
    .string()
    .trim()
    .min(1, "Write what the customer answers.")
    .max(10_000, "The answer is longer than 10,000 characters."),
});

export const answerMail = agentAction(answerSchema, async (_agent, { uid, text }) => {
  requirePractice();
  await sendCustomerAnswer(uid, text);
  await pollSoon();
  return { message: "Sent. It joins its ticket as soon as the worker has read it." };
});

function requirePractice(): void {
  if (!hasPracticeServer()) throw new AppError("not-found", "There is no practice mail server.");
}

/** Nobody who tries Mailroom should wait for the next round. */
async function pollSoon(): Promise<void> {
  const account = await findPracticeAccount();
  if (account) await requestPoll(account.id);
  revalidatePath(paths.practice);
}
