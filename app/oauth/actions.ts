"use server";

import { z } from "zod";
import { adminAction } from "@/app/action";
import { beginReconnect } from "@/lib/oauth/sign-in";
import { limitSignIns } from "./limit";

/** One click: the browser goes to the provider at once, and comes back to the list. */
export const reconnect = adminAction(
  z.object({ id: z.string().max(100) }),
  async (admin, { id }) => {
    await limitSignIns(admin);
    const { url } = await beginReconnect(admin, id);
    return { data: { url } };
  },
);
