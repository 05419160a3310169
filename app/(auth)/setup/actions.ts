"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import { RATE_LIMITS, takeTry } from "@/lib/rate-limit";
import { createFirstAdmin } from "@/lib/setup-token";
import { publicAction, toastNext } from "../../action";
import { clientOf, signInAs } from "../../auth";
import { paths } from "../../paths";

const schema = z.object({
  token: z.string().default(""),
  name: z.string().default(""),
  email: z.string().default(""),
  password: z.string().default(""),
});

/** The first admin, signed in at once; connecting an email account comes next. */
export const createAdmin = publicAction(schema, async ({ token, ...input }) => {
  const waitMs = await takeTry(RATE_LIMITS.setup, (await clientOf()).ip);
  if (waitMs > 0)
    throw new AppError("unavailable", "Too many tries. Wait a quarter of an hour, then try again.");
  await signInAs(await createFirstAdmin(token, input));
  await toastNext("Administrator created. Connect the first email account next.");
  redirect(paths.emailAccounts);
});
