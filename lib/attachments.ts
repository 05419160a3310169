import { readBlob } from "./db/bytes";
import { db } from "./db/client";
import type { TransferEncoding } from "./db/generated/enums";
import { AppError } from "./errors";
import { imageType } from "./mail/image-type";
import { type Actor, requireDesk } from "./tickets/access";
import { visibleMessages } from "./tickets/visible-messages";
import { decodeTransfer } from "./transfer-encoding";
import { isUuid } from "./uuid";

/** Bytes read from the database at a time. */
const SLICE_BYTES = 1024 * 1024;

/** A file on its way out. `chunks` reads as it is consumed; `contentLength` is null when unknown. */
export type OpenFile = {
  filename: string;
  mediaType: string;
  contentLength: number | null;
  chunks: AsyncIterable<Uint8Array>;
};

/**
 * Opens an attachment for somebody who may see its message: agents all, customers those of their
 * own tickets, except the notes'.
 * @throws AppError "not-found" for a foreign attachment just as for none.
 */
export async function openAttachment(viewer: Actor, id: string): Promise<OpenFile> {
  const missing = new AppError("not-found", "There is no such attachment.");
  if (!isUuid(id)) throw missing;
  const attachment = await db().prisma.attachment.findFirst({
    where: { id, message: visibleMessages(viewer) },
    select: {
      filename: true,
      mediaType: true,
      size: true,
      blobSha256: true,
      blob: { select: { size: true } },
      rawMailId: true,
      rawOffset: true,
      rawLength: true,
      rawEncoding: true,
    },
  });
  if (!attachment) throw missing;
  const { filename, mediaType, size, blobSha256, blob, rawMailId } = attachment;
  if (blobSha256 && blob) {
    const chunks = blobChunks(blobSha256, blob.size);
    return { filename, mediaType, contentLength: blob.size, chunks };
  }
  const { rawOffset, rawLength, rawEncoding } = attachment;
  if (!rawMailId || rawOffset === null || rawLength === null || !rawEncoding) throw missing;
  const encoded = slices(RAW_SLICE, rawMailId, rawOffset, rawLength);
  return { filename, mediaType, contentLength: size, chunks: decodeTransfer(rawEncoding, encoded) };
}

/** Where the bytes of a file are: a blob, or a range of a raw mail. */
type StoredBytes = {
  blobSha256: Uint8Array | null;
  rawMailId: string | null;
  rawOffset: number | null;
  rawLength: number | null;
  rawEncoding: TransferEncoding | null;
};

/** The bytes of a file, in memory; null when they are gone. */
export async function readStored(file: StoredBytes): Promise<Buffer | null> {
  if (file.blobSha256) return readBlob(file.blobSha256);
  const { rawMailId, rawOffset, rawLength, rawEncoding } = file;
  if (!rawMailId || rawOffset === null || rawLength === null || !rawEncoding) return null;
  const size = await rawMailSize(rawMailId);
  if (size === null || size < rawOffset + rawLength) return null;
  const parts: Uint8Array[] = [];
  const encoded = slices(RAW_SLICE, rawMailId, rawOffset, rawLength);
  for await (const part of decodeTransfer(rawEncoding, encoded)) parts.push(part);
  return Buffer.concat(parts);
}

/** The bytes of a blob, read as they are consumed. Who may read them is the caller's question. */
export function blobChunks(sha256: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  return slices(BLOB_SLICE, Buffer.from(sha256), 0, size);
}

/**
 * Opens an attachment as an image to show in place. What the sender calls it does not count, only
 * its first bytes do.
 * @throws AppError "not-found" also for anything but PNG, JPEG, GIF and WebP.
 */
export async function openInlineImage(viewer: Actor, id: string): Promise<OpenFile> {
  const file = await openAttachment(viewer, id);
  const iterator = file.chunks[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  while (start.length < 12) {
    const next = await iterator.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const mediaType = imageType(start);
  if (!mediaType) {
    await iterator.return?.();
    throw new AppError("not-found", "This attachment is not an image that can be shown.");
  }
  async function* all() {
    yield start;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { ...file, mediaType, chunks: all() };
}

/**
 * Opens the exact bytes a mail server gave us, for agents.
 * @throws AppError "forbidden" for customers; "not-found" when there is no such receipt, or it has
 * no bytes.
 */
export async function openRawMail(viewer: Actor, receiptId: string): Promise<OpenFile> {
  requireDesk(viewer);
  const size = isUuid(receiptId) ? await rawMailSize(receiptId) : null;
  if (size === null) throw new AppError("not-found", "There is no original of this mail.");
  return {
    filename: `mail-${receiptId}.eml`,
    mediaType: "message/rfc822",
    contentLength: size,
    chunks: slices(RAW_SLICE, receiptId, 0, size),
  };
}

/** The first `bytesMax` bytes of an original mail, and its whole size. Errors as openRawMail(). */
export async function readRawMailStart(
  viewer: Actor,
  receiptId: string,
  bytesMax: number,
): Promise<{ start: Uint8Array; size: number }> {
  requireDesk(viewer);
  const size = isUuid(receiptId) ? await rawMailSize(receiptId) : null;
  if (size === null) throw new AppError("not-found", "There is no original of this mail.");
  const parts: Uint8Array[] = [];
  for await (const part of slices(RAW_SLICE, receiptId, 0, Math.min(bytesMax, size))) {
    parts.push(part);
  }
  return { start: Buffer.concat(parts), size };
}

async function rawMailSize(receiptId: string): Promise<number | null> {
  const { rows } = await db().pool.query<{ size: number }>(
    'SELECT octet_length("bytes") AS size FROM "RawMail" WHERE "inboundEmailId" = $1',
    [receiptId],
  );
  return rows[0]?.size ?? null;
}

const BLOB_SLICE =
  'SELECT substring("bytes" FROM $2 FOR $3) AS slice FROM "Blob" WHERE "sha256" = $1';
const RAW_SLICE =
  'SELECT substring("bytes" FROM $2 FOR $3) AS slice FROM "RawMail" WHERE "inboundEmailId" = $1';

async function* slices(
  sql: string,
  key: string | Buffer,
  offset: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < length; from += SLICE_BYTES) {
    const wanted = Math.min(SLICE_BYTES, length - from);
    // substring() counts from one.
    const values = [key, offset + from + 1, wanted];
    const { rows } = await db().pool.query<{ slice: Buffer }>(sql, values);
    const slice = rows[0]?.slice;
    if (!slice || slice.length < wanted) throw new Error("Stored bytes are shorter than recorded");
    yield slice;
  }
}
