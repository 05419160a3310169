import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** A file of Postgres's binary COPY format: its signature, no flags, no extension of the header. */
const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const TRAILER = Buffer.from([0xff, 0xff]);
const UUID_BYTES = 16;

/** What travels in one piece: smaller rows together, larger ones by themselves and never copied. */
const PIECE_BYTES = 256 * 1024;

/**
 * Inserts rows of an id and bytes: as parameters of a statement the driver would copy the bytes twice.
 * `columns` is the table with its columns, ready to stand in SQL. The ids are UUIDs. Throws what the
 * statement throws. See "Binary Format" under COPY in Postgres's manual.
 */
export async function copyBytes(
  client: pg.PoolClient,
  columns: string,
  rows: { id: string; bytes: Buffer }[],
): Promise<void> {
  if (rows.length === 0) return;
  const copy = client.query(copyFrom(`COPY ${columns} FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from(piecesOf(rows)), copy);
}

function* piecesOf(rows: { id: string; bytes: Buffer }[]): Generator<Buffer> {
  let waiting: Buffer[] = [SIGNATURE];
  let size = 0;
  for (const { id, bytes } of rows) {
    waiting.push(beforeBytes(id, bytes.length));
    if (bytes.length < PIECE_BYTES) waiting.push(bytes);
    size += bytes.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(waiting);
    if (bytes.length >= PIECE_BYTES) yield bytes;
    waiting = [];
    size = 0;
  }
  yield Buffer.concat([...waiting, TRAILER]);
}

/** A row up to its bytes: how many fields it has, and each with its length in front. */
function beforeBytes(id: string, length: number): Buffer {
  const row = Buffer.alloc(2 + 4 + UUID_BYTES + 4);
  row.writeInt16BE(2, 0);
  row.writeInt32BE(UUID_BYTES, 2);
  row.write(id.replaceAll("-", ""), 6, "hex");
  row.writeInt32BE(length, 6 + UUID_BYTES);
  return row;
}
