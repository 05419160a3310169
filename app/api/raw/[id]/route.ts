import { openRawMail } from "@/lib/attachments";
import { answerSignedIn, fileResponse } from "../../attachments/file-response";

type Context = { params: Promise<{ id: string }> };

/** The original mail, byte by byte, as an .eml download for agents. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return answerSignedIn(async (viewer) => {
    const file = await openRawMail(viewer, id);
    return fileResponse(file, { mediaType: file.mediaType, disposition: "attachment" });
  });
}
