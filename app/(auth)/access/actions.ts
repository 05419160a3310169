"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { AppError, messageOf } from "@/lib/errors";
import { acceptLink, renewLink, requestRegistration, requestReset } from "@/lib/invitations";
import { log } from "@/lib/log";
import { addressKey, isSendableAddress } from "@/lib/mail/address";
import { isRegistrationOpen } from "@/lib/portal";
import { RATE_LIMITS, type RateLimit, takeTry } from "@/lib/rate-limit";
import { tooMany } from "@/lib/sign-in";
import { publicAction } from "../../action";
import { clientOf, homeOf, signInAs } from "../../auth";

const email = z
  .string()
  .max(1000)
  .default("")
  .transform(addressKey)
  .refine(isSendableAddress, "Enter an email address, such as nora@example.com.");

async function limit(...tries: [RateLimit, string][]): Promise<void> {
  const waits = await Promise.all(tries.map(([rule, key]) => takeTry(rule, key)));
  const waitMs = Math.max(...waits);
  if (waitMs > 0) throw new AppError("unavailable", tooMany(waitMs));
}

/** After the answer is out: how long the work takes must not tell whether an address is known. */
function afterAnswer(work: () => Promise<unknown>): void {
  after(() => work().catch((error) => log.error(`A link was not sent: ${messageOf(error)}`)));
}

export const sendReset = publicAction(z.object({ email }), async (input) => {
  const { ip } = await clientOf();
  await limit([RATE_LIMITS.linkIp, ip], [RATE_LIMITS.linkAddress, input.email]);
  afterAnswer(() => requestReset(input.email));
  return { data: { email: input.email } };
});

const registration = z.object({
  email,
  name: z
    .string()
    .max(100, "At most 100 characters.")
    .trim()
    .min(1, "Enter your name.")
    .prefault(""),
});

export const register = publicAction(registration, async (input) => {
  if (!(await isRegistrationOpen()))
    throw new AppError("conflict", "Registration is closed. Ask us for an invitation.");
  const { ip } = await clientOf();
  await limit([RATE_LIMITS.linkIp, ip], [RATE_LIMITS.linkAddress, input.email]);
  afterAnswer(() => requestRegistration(input));
  return { data: { email: input.email } };
});

const byToken = z.object({ token: z.string().max(200).default("") });

/** Sets the password and signs in with it. */
export const accept = publicAction(
  byToken.extend({ password: z.string().max(10_000).default("") }),
  async ({ token, password }) => {
    await limit([RATE_LIMITS.useLink, (await clientOf()).ip]);
    const { userId, role } = await acceptLink(token, password);
    await signInAs(userId);
    redirect(homeOf(role));
  },
);

export const renew = publicAction(byToken, async ({ token }) => {
  const { ip } = await clientOf();
  await limit([RATE_LIMITS.linkIp, ip], [RATE_LIMITS.linkAddress, token]);
  if (!(await renewLink(token)))
    throw new AppError("not-found", "This link has been used or replaced by a newer one.");
  return { message: "A new link is on its way to the same address." };
});
