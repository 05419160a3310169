import { currentUser } from "@/app/auth";
import { readGuidePicture } from "@/lib/guides";
import { notFoundResponse } from "../../attachments/file-response";

type Context = { params: Promise<{ picture: string }> };

/** A screenshot that a guide shows, for those who may read the guides. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return notFoundResponse();
  const { picture } = await params;
  const bytes = await readGuidePicture(picture);
  if (!bytes) return notFoundResponse();
  return new Response(bytes, {
    headers: { "Content-Type": "image/png", "Cache-Control": "private, max-age=3600" },
  });
}
