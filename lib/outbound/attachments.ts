import { readBlob } from "../db/bytes";

/** The files of an outgoing message with their bytes, by the hash in hex; they are always blobs: uploads have no raw mail. */
export async function openAttachmentBytes(
  attachments: { filename: string; mediaType: string; sha256: string | null }[],
): Promise<{ filename: string; mediaType: string; content: Buffer }[]> {
  const opened = [];
  for (const { filename, mediaType, sha256 } of attachments) {
    const content = sha256 && (await readBlob(Buffer.from(sha256, "hex")));
    if (!content) throw new Error(`The bytes of ${filename} are missing.`);
    opened.push({ filename, mediaType, content });
  }
  return opened;
}
