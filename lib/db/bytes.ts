import { db } from "./client";

/** Bytes per query: the driver gives bytea as hex text, so a whole mail at once costs thrice its size. */
const SLICE_BYTES = 4 * 1024 * 1024;

const RAW_MAIL = `SELECT octet_length("bytes") AS size, substring("bytes" FROM $2 FOR $3) AS slice
  FROM "RawMail" WHERE "inboundEmailId" = $1`;
const BLOB = `SELECT octet_length("bytes") AS size, substring("bytes" FROM $2 FOR $3) AS slice
  FROM "Blob" WHERE "sha256" = $1`;

/** The exact bytes of a receipt's mail, in memory; null when there are none. */
export function readRawMail(receiptId: string): Promise<Buffer | null> {
  return readSlices(RAW_MAIL, receiptId);
}

/** The bytes of a blob, in memory; null when there are none. */
export function readBlob(sha256: Uint8Array): Promise<Buffer | null> {
  return readSlices(BLOB, Buffer.from(sha256));
}

/** Never with pg's `binary: true`: it reads every value as UTF-8 first, which ruins bytes. */
async function readSlices(sql: string, key: string | Buffer): Promise<Buffer | null> {
  let whole: Buffer | null = null;
  for (let offset = 0; ; ) {
    // substring() counts from one.
    const { rows } = await db().pool.query<{ size: number; slice: Buffer }>(sql, [
      key,
      offset + 1,
      SLICE_BYTES,
    ]);
    const [row] = rows;
    if (!row) return null;
    const { size, slice } = row;
    if (offset === 0 && slice.length === size) return slice;
    // Bytes are never changed once they are stored.
    whole ??= Buffer.allocUnsafe(size);
    if (slice.length === 0) throw new Error("Bytes became fewer while they were read.");
    offset += slice.copy(whole, offset);
    if (offset >= whole.length) return whole;
  }
}
