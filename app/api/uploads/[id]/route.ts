import { answerSignedIn, fileResponse } from "@/app/api/attachments/file-response";
import { openUpload, removeUpload } from "@/lib/uploads";
import { answerDesk, json } from "../../desk-answer";

type Context = { params: Promise<{ id: string }> };

/** A file on one of the agent's own drafts, as a download. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return answerSignedIn(async (agent) =>
    fileResponse(await openUpload(agent, id), {
      mediaType: "application/octet-stream",
      disposition: "attachment",
    }),
  );
}

/** Takes it off the draft. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return answerDesk(request, async (agent) => {
    await removeUpload(agent, id);
    return json({ outcome: "removed" });
  });
}
