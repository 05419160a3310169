import type pg from "pg";
import { COPY_SIGNATURE, COPY_TRAILER, CopyIn, copyMessages } from "./copy-bytes";

/** Types of columns that copyRows() can write. An enum is a `text`. */
export type ColumnType =
  | "uuid"
  | "text"
  | "text[]"
  | "jsonb"
  | "bool"
  | "int"
  | "timestamp"
  | "bytea";

/** Each column with its type. */
export type Columns = Readonly<Record<string, ColumnType>>;

type ValueOf<T extends ColumnType> = {
  uuid: string;
  text: string;
  "text[]": readonly string[];
  jsonb: unknown;
  bool: boolean;
  int: number;
  timestamp: Date;
  bytea: Uint8Array;
}[T];

/** A row of these columns; what is null or left out is NULL, never the default. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]?: ValueOf<C[Name]> | null };

/** Microseconds, as Postgres counts time, from its epoch. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const TEXT_OID = 25;
const NULL_LENGTH = -1;
const FIRST_ROOM_BYTES = 256 * 1024;
const BYTES_OF_CHARACTER_MAX = 3;

/**
 * Inserts rows into one table by COPY in its binary format, in their order: long texts are written once
 * and read by Postgres as they are, where JSON is escaped, scanned and taken apart. Nothing can be said
 * about conflicts. Table and columns are ours; texts hold no NUL.
 * @throws Error for a value whose column is not named, and what Postgres says.
 * See "Binary Format" under COPY in Postgres's manual, and the types' receive functions.
 */
export async function copyRows<C extends Columns>(
  client: pg.PoolClient,
  table: string,
  columns: C,
  rows: readonly RowOf<C>[],
): Promise<void> {
  if (rows.length === 0) return;
  const types = Object.entries(columns);
  const names = types.map(([name]) => `"${name}"`).join(", ");
  const writer = new Writer();
  writer.bytes(COPY_SIGNATURE);
  for (const row of rows) {
    const unknown = Object.keys(row).find((name) => !(name in columns));
    if (unknown) throw new Error(`"${table}" is to be written without its column ${unknown}.`);
    writer.int16(types.length);
    for (const [name, type] of types) writeField(writer, type, row[name]);
  }
  writer.bytes(COPY_TRAILER);
  const body = writer.written();
  await new Promise<void>((resolve, reject) => {
    const sql = `COPY "${table}" (${names}) FROM STDIN (FORMAT binary)`;
    const onEnd = (error: Error | null) => (error ? reject(error) : resolve());
    client.query(new CopyIn(sql, copyMessages(body), onEnd));
  });
}

/** A field with its length before it. */
function writeField(writer: Writer, type: ColumnType, value: unknown): void {
  if (value === null || value === undefined) writer.int32(NULL_LENGTH);
  else writer.measured(() => ENCODERS[type](writer, value as never));
}

const ENCODERS: { [T in ColumnType]: (writer: Writer, value: ValueOf<T>) => void } = {
  uuid: (writer, value) => writer.hex(value.replaceAll("-", "")),
  text: (writer, value) => writer.text(value),
  "text[]": (writer, value) => writeTexts(writer, value),
  jsonb(writer, value) {
    writer.byte(1);
    writer.text(JSON.stringify(value));
  },
  bool: (writer, value) => writer.byte(value ? 1 : 0),
  int: (writer, value) => writer.int32(value),
  timestamp: (writer, value) => writer.int64(BigInt(value.getTime() - EPOCH_MS) * 1000n),
  bytea: (writer, value) => writer.bytes(value),
};

/** Dimensions, whether there are NULLs, the elements' type; for the one dimension its size and first index. */
function writeTexts(writer: Writer, values: readonly string[]): void {
  for (const word of values.length === 0 ? [0, 0, TEXT_OID] : [1, 0, TEXT_OID, values.length, 1])
    writer.int32(word);
  for (const value of values) writer.measured(() => writer.text(value));
}

/** Bytes one after the other, in room that grows. */
class Writer {
  private room = Buffer.allocUnsafe(FIRST_ROOM_BYTES);
  private at = 0;

  /** What is written so far. */
  written(): Buffer {
    return this.room.subarray(0, this.at);
  }

  /** Writes what `write` does with its length before it. */
  measured(write: () => void): void {
    this.need(4);
    const begin = this.at;
    this.at += 4;
    write();
    this.room.writeInt32BE(this.at - begin - 4, begin);
  }

  byte(value: number): void {
    this.need(1);
    this.at = this.room.writeUInt8(value, this.at);
  }

  int16(value: number): void {
    this.need(2);
    this.at = this.room.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.need(4);
    this.at = this.room.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.need(8);
    this.at = this.room.writeBigInt64BE(value, this.at);
  }

  hex(value: string): void {
    this.need(value.length);
    this.at += this.room.write(value, this.at, "hex");
  }

  text(value: string): void {
    this.need(value.length * BYTES_OF_CHARACTER_MAX);
    this.at += this.room.write(value, this.at, "utf8");
  }

  bytes(value: Uint8Array): void {
    this.need(value.length);
    this.room.set(value, this.at);
    this.at += value.length;
  }

  private need(bytes: number): void {
    if (this.at + bytes <= this.room.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.room.length, this.at + bytes));
    this.room.copy(larger, 0, 0, this.at);
    this.room = larger;
  }
}
