import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

export type Value = string | number | boolean | null;

const PIECE_LENGTH = 1 << 18;

/** Rows for one table as COPY reads them, kept as bytes until they are sent. */
export class CopyTable {
  private full: Buffer[] = [];
  private lines = "";

  /** @param columns the table with its columns, ready to stand in SQL. */
  constructor(private readonly columns: string) {}

  add(values: Value[]): void {
    this.lines += `${values.map(asText).join("\t")}\n`;
    if (this.lines.length >= PIECE_LENGTH) this.finish();
  }

  /** The pieces that are full, which are then no longer kept here. */
  take(): Buffer[] {
    if (this.full.length === 0) return this.full;
    const pieces = this.full;
    this.full = [];
    return pieces;
  }

  /** Sends what is kept, or `pieces` and then what is kept. The table was emptied in this transaction. */
  async send(client: pg.ClientBase, pieces: Iterable<Buffer> = []): Promise<void> {
    const copy = client.query(copyFrom(`COPY ${this.columns} FROM STDIN (FORMAT text, FREEZE)`));
    const rest = () => {
      this.finish();
      return this.take();
    };
    await pipeline(
      Readable.from(
        (function* () {
          yield* pieces;
          yield* rest();
        })(),
      ),
      copy,
    );
  }

  private finish(): void {
    if (this.lines === "") return;
    this.full.push(Buffer.from(this.lines));
    this.lines = "";
  }
}

/** See "Text Format" under COPY in Postgres's manual. */
function asText(value: Value): string {
  if (value === null) return "\\N";
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "number") return String(value);
  return /[\\\n\r\t]/.test(value)
    ? value
        .replaceAll("\\", "\\\\")
        .replaceAll("\n", "\\n")
        .replaceAll("\r", "\\r")
        .replaceAll("\t", "\\t")
    : value;
}
