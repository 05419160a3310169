import { readStored } from "../attachments";
import type { TransferEncoding } from "../db/generated/enums";
import type { OutgoingAttachment } from "../mail/compose";

/** A file of an outgoing message as its row has it; the blob's hash in hex. */
export type StoredFile = {
  filename: string;
  mediaType: string;
  contentId: string | null;
  isInline: boolean;
  sha256: string | null;
  rawMailId: string | null;
  rawOffset: number | null;
  rawLength: number | null;
  rawEncoding: TransferEncoding | null;
};

/**
 * The files of an outgoing message with their bytes: uploads are blobs, what is forwarded may be a
 * range of the mail it came with.
 */
export async function openAttachmentBytes(files: StoredFile[]): Promise<OutgoingAttachment[]> {
  const opened = [];
  for (const { filename, mediaType, contentId, isInline, sha256, ...range } of files) {
    const blobSha256 = sha256 === null ? null : Buffer.from(sha256, "hex");
    const content = await readStored({ ...range, blobSha256 });
    if (!content) throw new Error(`The bytes of ${filename} are missing.`);
    opened.push({ filename, mediaType, content, contentId: isInline ? contentId : null });
  }
  return opened;
}
