import { readBlob } from "../db/bytes";
import type { Attachment } from "../db/generated/client";

/** The files of an outgoing message with their bytes, which are always blobs: uploads have no raw mail. */
export async function openAttachmentBytes(
  attachments: Pick<Attachment, "filename" | "mediaType" | "blobSha256">[],
): Promise<{ filename: string; mediaType: string; content: Buffer }[]> {
  const opened = [];
  for (const { filename, mediaType, blobSha256 } of attachments) {
    const content = blobSha256 && (await readBlob(blobSha256));
    if (!content) throw new Error(`The bytes of ${filename} are missing.`);
    opened.push({ filename, mediaType, content });
  }
  return opened;
}
