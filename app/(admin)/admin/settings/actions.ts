"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { paths } from "@/app/paths";
import { removeClient, saveClient } from "@/lib/oauth/clients";
import { PROVIDER_NAMES } from "@/lib/oauth/providers";

const provider = z.enum(["MICROSOFT", "GOOGLE"]);
const text = z.string().max(2_000);

/** Keeps the id and the secret of the app one signs in with at a provider. */
export const saveSignInApp = adminAction(
  z.object({ provider, clientId: text, clientSecret: text, tenant: text.optional() }),
  async (admin, { provider: at, clientId, clientSecret, tenant }) => {
    await saveClient(admin, at, { clientId, clientSecret, ...(tenant ? { tenant } : {}) });
    revalidatePath(paths.settings);
    return { toast: `Sign-in with ${PROVIDER_NAMES[at]} is set up.` };
  },
);

/** Forgets the app of a provider, and its secret. */
export const removeSignInApp = adminAction(z.object({ provider }), async (admin, input) => {
  await removeClient(admin, input.provider);
  revalidatePath(paths.settings);
  return { toast: `Sign-in with ${PROVIDER_NAMES[input.provider]} was removed.` };
});
