import { db } from "../db/client";
import type { Attachment } from "../db/generated/client";

/** The files of an outgoing message with their bytes, which are always blobs: uploads have no raw mail. */
export async function openAttachmentBytes(
  attachments: Pick<Attachment, "filename" | "mediaType" | "blobSha256">[],
): Promise<{ filename: string; mediaType: string; content: Buffer }[]> {
  const opened = [];
  for (const { filename, mediaType, blobSha256 } of attachments) {
    const found = await db().pool.query<{ bytes: Buffer }>({
      text: `SELECT "bytes" FROM "Blob" WHERE "sha256" = $1`,
      values: [Buffer.from(blobSha256 ?? [])],
      binary: true,
    } as { text: string; values: Buffer[] });
    const bytes = found.rows[0]?.bytes;
    if (!bytes) throw new Error(`The bytes of ${filename} are missing.`);
    opened.push({ filename, mediaType, content: bytes });
  }
  return opened;
}
