import { z } from "zod";
import { answerSignedIn, notFoundResponse } from "@/app/api/attachments/file-response";
import { AppError } from "@/lib/errors";
import { DRAFT_KINDS, discardDraft, findDraft, saveDraft } from "@/lib/tickets/drafts";
import { answerDesk, json } from "../desk-answer";

export const dynamic = "force-dynamic";

/** Bytes of a draft on its way here: its text, once more with formatting, and the addresses. */
const BODY_MAX = 4 * 1024 * 1024;

const which = {
  number: z.coerce.number().int().min(1).max(2_147_483_647),
  kind: z.enum(DRAFT_KINDS),
};
const whichSchema = z.object(which);
const draftSchema = z.object({
  ...which,
  text: z.string(),
  html: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
  base: z.string().nullable(),
});

/** What the agent has begun to write (`?number=&kind=`): `{draft}`, null when there is nothing. */
export async function GET(request: Request): Promise<Response> {
  const asked = whichOf(request);
  if (!asked) return notFoundResponse();
  return answerSignedIn(async (agent) =>
    json({ draft: await findDraft(agent, asked.number, asked.kind) }),
  );
}

/** Keeps a draft; answers as saveDraft() does. A page that is being left sends it as a beacon. */
export async function POST(request: Request): Promise<Response> {
  return answerDesk(request, async (agent) => {
    const given = draftSchema.safeParse(await bodyOf(request));
    if (!given.success) throw new AppError("invalid", "This is no draft.");
    return json(await saveDraft(agent, given.data));
  });
}

/** Forgets a draft (`?number=&kind=`). */
export async function DELETE(request: Request): Promise<Response> {
  return answerDesk(request, async (agent) => {
    const asked = whichOf(request);
    if (!asked) throw new AppError("invalid", "Say which draft.");
    await discardDraft(agent, asked.number, asked.kind);
    return json({ outcome: "discarded" });
  });
}

function whichOf(request: Request): z.output<typeof whichSchema> | null {
  const params = Object.fromEntries(new URL(request.url).searchParams);
  return whichSchema.safeParse(params).data ?? null;
}

async function bodyOf(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? BODY_MAX + 1) > BODY_MAX)
    throw new AppError("invalid", "That is too long to be kept as a draft.");
  try {
    return await request.json();
  } catch {
    return null;
  }
}
