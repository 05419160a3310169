"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { checkSignIn } from "@/lib/sign-in";
import { publicAction } from "../../action";
import { clientOf, signInAs } from "../../auth";
import { paths, safeCallback } from "../../paths";

const schema = z.object({
  email: z.string().max(1000).default(""),
  password: z.string().max(10_000).default(""),
  callbackUrl: z.string().optional(),
});

export const signIn = publicAction(schema, async ({ email, password, callbackUrl }) => {
  const { ip } = await clientOf();
  const result = await checkSignIn({ email, password, ip });
  if (!result.ok) throw new AppError("forbidden", result.message);
  await signInAs(result.userId);
  redirect(safeCallback(callbackUrl, env().APP_URL, paths.home));
});
