"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { paths } from "@/app/paths";
import { testWebhook } from "@/lib/alerts/send-webhooks";
import { removeWebhook, renewWebhookSecret, saveWebhook } from "@/lib/alerts/webhook-settings";

const none = z.object({});

/** Keeps where alerts are sent to; shows the secret of a new address, this once. */
export const saveAlertWebhook = adminAction(
  z.object({ url: z.string().max(5_000) }),
  async (admin, { url }) => {
    const { secret } = await saveWebhook(admin, url);
    revalidatePath(paths.alerts);
    return { message: "Saved.", data: secret ? { secret } : {} };
  },
);

/** Signs with another secret from now on, and shows it, this once. */
export const renewAlertSecret = adminAction(none, async (admin) => {
  const { secret } = await renewWebhookSecret(admin);
  return { message: "Requests are signed with this secret from now on.", data: { secret } };
});

/** Sends the webhook a request that means nothing, and says what came of it. */
export const testAlertWebhook = adminAction(none, async (admin) => {
  return { message: `The webhook took the test. ${await testWebhook(admin)}` };
});

/** Sends alerts nowhere any more. */
export const removeAlertWebhook = adminAction(none, async (admin) => {
  await removeWebhook(admin);
  revalidatePath(paths.alerts);
  return { toast: "The webhook was removed." };
});
