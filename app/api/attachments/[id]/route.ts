import { openAttachment, openInlineImage } from "@/lib/attachments";
import { answerSignedIn, fileResponse } from "../file-response";

type Context = { params: Promise<{ id: string }> };

/** A file of a message, as a download; with ?inline=1 an image in place, when it really is one. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  const isInline = new URL(request.url).searchParams.get("inline") === "1";
  return answerSignedIn(async (viewer) => {
    if (isInline) {
      const image = await openInlineImage(viewer, id);
      return fileResponse(image, { mediaType: image.mediaType, disposition: "inline" });
    }
    const file = await openAttachment(viewer, id);
    return fileResponse(file, {
      mediaType: "application/octet-stream",
      disposition: "attachment",
    });
  });
}
