import "server-only";
import { randomUUID } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { cookies } from "next/headers";
import { z } from "zod";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { seal, unseal } from "@/lib/secrets";

const COOKIE = "sign-in-told";
const MINUTES = 15;

/** A browser keeps 4,096 bytes of a cookie; what does not fit is dropped, the longest text first. */
const LENGTH_MAX = 3_600;

const toldSchema = z.object({
  cause: z.string(),
  fix: z.string(),
  form: z.record(z.string(), z.string()),
});

/** Why a sign-in at a provider came to nothing, what to do, and what stood in the form. */
export type Told = z.output<typeof toldSchema>;

/**
 * Keeps what the page after a redirect says, out of its address. Sealed, so that nobody else can put
 * words or form values there.
 * @returns the id that goes into that page's address as `told`.
 */
export async function tellNext(told: Told): Promise<string> {
  const id = randomUUID();
  const jar = await cookies();
  jar.set(COOKIE, fitting(id, told), {
    ...{ path: "/admin", maxAge: MINUTES * 60, httpOnly: true, sameSite: "lax" },
    secure: env().APP_URL.startsWith("https:"),
  });
  return id;
}

/** What was kept under the id of this page's address; null when it is over, or another page's. */
export async function toldBefore(id: string | string[] | undefined): Promise<Told | null> {
  const sealed = (await cookies()).get(COOKIE)?.value;
  if (typeof id !== "string" || sealed === undefined) return null;
  try {
    const packed = Buffer.from(unseal(env().APP_SECRET, placeOf(id), sealed), "base64");
    return toldSchema.parse(JSON.parse(inflateRawSync(packed).toString("utf8")));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function fitting(id: string, { form, ...words }: Told): string {
  const entries = Object.entries(form).sort(([, one], [, other]) => one.length - other.length);
  for (;;) {
    const whole = JSON.stringify({ ...words, form: Object.fromEntries(entries) });
    const packed = deflateRawSync(whole).toString("base64");
    const sealed = seal(env().APP_SECRET, placeOf(id), packed);
    if (sealed.length <= LENGTH_MAX || entries.length === 0) return sealed;
    entries.pop();
  }
}

const placeOf = (id: string) => `told:${id.slice(0, 100)}`;
