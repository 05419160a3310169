import type pg from "pg";

/** How a file of Postgres's binary COPY format begins: its signature, no flags, no extension of the header. */
export const COPY_SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
/** How it ends. */
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
const UUID_BYTES = 16;
const ROW_HEAD_BYTES = 2 + 4 + UUID_BYTES + 4;

/** Messages of Postgres's protocol: a letter, and how long it is with that length. */
const COPY_DATA = "d".charCodeAt(0);
const COPY_DONE = Buffer.from("c\0\0\0\x04", "latin1");
const MESSAGE_HEAD_BYTES = 1 + 4;

/**
 * Inserts rows of an id and bytes, which go to the socket from where they lie: as parameters of a
 * statement the driver would copy them twice, as a stream once. `columns` is the table with its columns,
 * ready to stand in SQL. The ids are UUIDs. Throws what the statement throws. See "Binary Format" under
 * COPY, and COPY under "Message Flow", in Postgres's manual.
 */
export async function copyBytes(
  client: pg.PoolClient,
  columns: string,
  rows: { id: string; bytes: Buffer }[],
): Promise<void> {
  if (rows.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    const sql = `COPY ${columns} FROM STDIN (FORMAT binary)`;
    client.query(new CopyIn(sql, messagesOf(rows), (error) => (error ? reject(error) : resolve())));
  });
}

/** COPY … FROM STDIN as pg's client drives it, and what is sent. What Postgres has no use for after an error it leaves out itself. */
export class CopyIn implements pg.Submittable {
  constructor(
    private readonly sql: string,
    private readonly messages: readonly Buffer[],
    private readonly onEnd: (error: Error | null) => void,
  ) {}

  submit(connection: pg.Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse({ stream }: pg.Connection): void {
    // All in one go: each by itself would be a call into the kernel, and wake Postgres up.
    stream.cork();
    for (const message of this.messages) stream.write(message);
    stream.uncork();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.onEnd(null);
  }

  handleError(error: Error): void {
    this.onEnd(error);
  }
}

/** A whole file as it is sent. */
export function copyMessages(file: Buffer): Buffer[] {
  return [headOfMessage(file.length), file, COPY_DONE];
}

/** What is sent: each row is a message, whose bytes are not copied. */
function messagesOf(rows: { id: string; bytes: Buffer }[]): Buffer[] {
  return [
    headOfMessage(COPY_SIGNATURE.length),
    COPY_SIGNATURE,
    ...rows.flatMap(({ id, bytes }) => [headOfRow(id, bytes.length), bytes]),
    headOfMessage(COPY_TRAILER.length),
    COPY_TRAILER,
    COPY_DONE,
  ];
}

/** A row up to its bytes: how many fields it has, and each with its length in front. */
function headOfRow(id: string, length: number): Buffer {
  const head = headOfMessage(ROW_HEAD_BYTES + length, ROW_HEAD_BYTES);
  let at = head.writeInt16BE(2, MESSAGE_HEAD_BYTES);
  at = head.writeInt32BE(UUID_BYTES, at);
  at += head.write(id.replaceAll("-", ""), at, "hex");
  head.writeInt32BE(length, at);
  return head;
}

/** How a message begins that goes on with so many bytes; `room` for the first of these. */
function headOfMessage(bodyBytes: number, room = 0): Buffer {
  const head = Buffer.alloc(MESSAGE_HEAD_BYTES + room);
  head[0] = COPY_DATA;
  head.writeInt32BE(MESSAGE_HEAD_BYTES - 1 + bodyBytes, 1);
  return head;
}
