import { z } from "zod";
import { draftFieldsOf } from "@/app/(desk)/tickets/[number]/draft-fields";
import { toastNext } from "@/app/action";
import { answerDesk } from "@/app/api/desk-answer";
import { paths } from "@/app/paths";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import type { Actor } from "@/lib/tickets/access";
import { DRAFT_KINDS, type DraftToSave, saveDraft } from "@/lib/tickets/drafts";
import { storeUpload } from "@/lib/uploads";
import { chunksOf } from "../chunks";

export const dynamic = "force-dynamic";

/** Bytes read at all: more than may be attached, so that the text beside a file too large is kept. */
const FORM_BYTES_MAX = 80 * 1024 * 1024;

const schema = z.object({
  number: z.coerce.number().int().min(1).max(2_147_483_647),
  kind: z.enum(DRAFT_KINDS),
  text: z.string(),
  draft: z.string(),
});

/**
 * "Attach" before JavaScript: the whole form of the composer comes here, its files are put onto the
 * draft and its text is kept, and the ticket's page shows both again, with what went wrong as a toast.
 */
export async function POST(request: Request): Promise<Response> {
  return answerDesk(request, async (agent) => {
    if (Number(request.headers.get("content-length") ?? FORM_BYTES_MAX + 1) > FORM_BYTES_MAX)
      throw new AppError("invalid", "That is far too large. Go back: your text is still there.");
    const form = await request.formData();
    const given = schema.safeParse(Object.fromEntries(form));
    if (!given.success) throw new AppError("invalid", "This form is not complete.");
    const { number, kind, text, draft } = given.data;
    const fields = draftFieldsOf(form);
    await keepText(agent, { number, kind, text, html: null, fields, base: draft || null });
    const files = form.getAll("files").filter((entry) => typeof entry !== "string");
    const refusals = await storeAll(agent, { number, kind }, files);
    if (refusals.length > 0) await toastNext(refusals.join(" "));
    const { forwards, answers } = fields;
    const chosen = forwards ? { forward: forwards } : answers ? { reply: answers } : {};
    const back = `${paths.ticket(number, { compose: kind, ...chosen })}#compose`;
    const page = new URL(back, env().APP_URL);
    return new Response(null, {
      status: 303,
      headers: { Location: `${page.pathname}${page.search}${page.hash}` },
    });
  });
}

/** What another tab has saved meanwhile stands first, so that neither is lost. */
async function keepText(agent: Actor, draft: DraftToSave): Promise<void> {
  // Files alone have their addresses, too.
  const kept = await saveDraft(agent, draft, { isKeptEmpty: true });
  if (kept.outcome === "saved") return;
  const { text, savedAt } = kept.outcome === "newer" ? kept.draft : { text: "", savedAt: null };
  const all = [text, draft.text].filter(Boolean).join("\n\n");
  await saveDraft(agent, { ...draft, text: all, base: savedAt }, { isKeptEmpty: true });
}

/** @returns why some were not taken. */
async function storeAll(
  agent: Actor,
  to: Parameters<typeof storeUpload>[1],
  files: File[],
): Promise<string[]> {
  const refusals: string[] = [];
  for (const file of files) {
    if (file.name === "" && file.size === 0) continue;
    try {
      const chunks = chunksOf(file.stream());
      await storeUpload(agent, to, { filename: file.name, mediaType: file.type, chunks });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusals.push(error.message);
    }
  }
  return refusals;
}
