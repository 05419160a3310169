import { z } from "zod";
import { findForAccount } from "@/lib/accounts/find";
import { AppError } from "@/lib/errors";
import { answerDesk, json } from "../desk-answer";

export const dynamic = "force-dynamic";

const BODY_MAX = 2_000;
const askedSchema = z.object({ email: z.string().max(300) });

/**
 * The servers of `{email}`, for an admin who types an address: `{finding}`, null when there is
 * nothing to look for. No server action, because a browser sends those one after the other, and
 * nobody shall wait for this one to save.
 */
export async function POST(request: Request): Promise<Response> {
  return answerDesk(request, async (admin) => {
    const asked = askedSchema.safeParse(await bodyOf(request));
    if (!asked.success) throw new AppError("invalid", "Say which address.");
    return json({ finding: await findForAccount(admin, asked.data.email) });
  });
}

async function bodyOf(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? BODY_MAX + 1) > BODY_MAX) return null;
  try {
    return await request.json();
  } catch {
    return null;
  }
}
