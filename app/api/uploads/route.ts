import { z } from "zod";
import { answerSignedIn, notFoundResponse } from "@/app/api/attachments/file-response";
import { AppError } from "@/lib/errors";
import { DRAFT_KINDS } from "@/lib/tickets/drafts";
import { listUploads, storeUpload } from "@/lib/uploads";
import { answerDesk, json } from "../desk-answer";
import { chunksOf } from "./chunks";

export const dynamic = "force-dynamic";

const whichSchema = z.object({
  number: z.coerce.number().int().min(1).max(2_147_483_647),
  kind: z.enum(DRAFT_KINDS),
});
const uploadSchema = whichSchema.extend({ name: z.string().max(1000) });

/** The files on the agent's draft (`?number=&kind=`): `{uploads}`. */
export async function GET(request: Request): Promise<Response> {
  const asked = whichSchema.safeParse(queryOf(request));
  if (!asked.success) return notFoundResponse();
  return answerSignedIn(async (agent) => json({ uploads: await listUploads(agent, asked.data) }));
}

/** Puts the body onto the agent's draft as a file (`?number=&kind=&name=`): `{upload}`. */
export async function POST(request: Request): Promise<Response> {
  return answerDesk(request, async (agent) => {
    const given = uploadSchema.safeParse(queryOf(request));
    if (!given.success) throw new AppError("invalid", "Say where the file belongs.");
    const { name, ...to } = given.data;
    const upload = await storeUpload(agent, to, {
      filename: name,
      mediaType: request.headers.get("content-type") ?? "",
      chunks: chunksOf(request.body),
    });
    return json({ upload });
  });
}

function queryOf(request: Request): Record<string, string> {
  return Object.fromEntries(new URL(request.url).searchParams);
}
