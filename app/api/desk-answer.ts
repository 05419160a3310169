import "server-only";
import { currentUser } from "@/app/auth";
import { AppError, type RefusalCode } from "@/lib/errors";
import type { Actor } from "@/lib/tickets/access";
import { notFoundResponse } from "./attachments/file-response";
import { isSameOrigin } from "./same-origin";

const HEADERS = { "Cache-Control": "no-store" };

const STATUS: Record<RefusalCode, number> = {
  "not-found": 404,
  forbidden: 404,
  conflict: 409,
  invalid: 422,
  unavailable: 503,
};

/** An answer for a script of ours, never kept. */
export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: HEADERS });
}

/**
 * Runs `answer` for an agent who changes something from one of our pages. Whoever is signed out hears
 * 401, so that their page can say so; a customer and another site hear 404; what is refused comes with
 * its reason as `{message}`.
 */
export async function answerDesk(
  request: Request,
  answer: (agent: Actor) => Promise<Response>,
): Promise<Response> {
  if (!isSameOrigin(request)) return notFoundResponse();
  const agent = await currentUser();
  if (!agent) return json({ message: "You are signed out." }, 401);
  if (agent.role === "CUSTOMER") return notFoundResponse();
  try {
    return await answer(agent);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return json({ message: error.message }, STATUS[error.code]);
  }
}
