import { z } from "zod";
import { answerSignedIn, notFoundResponse } from "@/app/api/attachments/file-response";
import type { Actor } from "@/lib/tickets/access";
import { listPresent, sayPresence } from "@/lib/tickets/presence";
import { PRESENCE_STATES } from "@/lib/tickets/presence-rules";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ number: string }> };

const stateSchema = z.enum(PRESENCE_STATES);

/** Who else has the ticket open: `{present}`. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return answerAbout(params, async (viewer, number) => presentResponse(viewer, number));
}

/**
 * Says that the agent has the ticket open; the body is one of PRESENCE_STATES. Answers as GET does.
 * An open page sends it every 15 seconds, and as it is left by sendBeacon(), which knows only POST.
 */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  // Browsers send no cookie of ours with another site's POST; those that tell whose it is are asked.
  const site = request.headers.get("sec-fetch-site");
  if (site && site !== "same-origin") return notFoundResponse();
  if (Number(request.headers.get("content-length")) > 20) return badRequest();
  const { data: state } = stateSchema.safeParse(await request.text());
  if (!state) return badRequest();
  return answerAbout(params, async (viewer, number) => {
    await sayPresence(viewer, { number, state });
    return state === "left" ? new Response(null, { status: 204 }) : presentResponse(viewer, number);
  });
}

async function answerAbout(
  params: Context["params"],
  answer: (viewer: Actor, number: number) => Promise<Response>,
): Promise<Response> {
  const { number } = await params;
  if (!/^[1-9]\d{0,8}$/.test(number)) return notFoundResponse();
  return answerSignedIn((viewer) => answer(viewer, Number(number)));
}

async function presentResponse(viewer: Actor, number: number): Promise<Response> {
  const present = await listPresent(viewer, number);
  return Response.json({ present }, { headers: { "Cache-Control": "no-store" } });
}

const badRequest = () => new Response("Not a state\n", { status: 400 });
