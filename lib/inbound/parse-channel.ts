import { readSync, writeSync } from "node:fs";
import type { Socket } from "node:net";

// How worker and parser talk: over one socket, in messages that say their lengths first. Bytes of mails
// are written as they lie in memory and read to where they stay; Node's own messages between processes
// copy them three times on the way.

/** The parser's end of the socket: not its standard output, where a library may have something to say. */
export const CHANNEL_FD = 3;

const COUNT_BYTES = 4;
/** Mails of one message, as far as they fit: memory that stays and is written over by the next message. */
const USUAL_BYTES = 1024 * 1024;

/** Hands mails to the parser. The bytes must not be changed until it has answered. */
export function sendMails(channel: Socket, mails: readonly Uint8Array[]): void {
  const head = Buffer.allocUnsafe(COUNT_BYTES * (1 + mails.length));
  head.writeUInt32BE(mails.length);
  for (const [index, { length }] of mails.entries())
    head.writeUInt32BE(length, COUNT_BYTES * (1 + index));
  // In one go: each write by itself would be a call into the kernel.
  channel.cork();
  channel.write(head);
  for (const mail of mails) channel.write(mail);
  channel.uncork();
}

/** Calls `onAnswer` with each answer of the parser, once all of it is here. */
export function readAnswers(channel: Socket, onAnswer: (answer: Buffer) => void): void {
  let pieces: Buffer[] = [];
  let size = 0;
  channel.on("data", (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    while (size >= COUNT_BYTES) {
      const first = pieces[0]?.length ?? 0;
      if (first < COUNT_BYTES) pieces = [Buffer.concat(pieces)];
      const end = COUNT_BYTES + (pieces[0]?.readUInt32BE() ?? 0);
      if (size < end) return;
      const whole = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      onAnswer(whole.subarray(COUNT_BYTES, end));
      pieces = [whole.subarray(end)];
      size -= end;
    }
  });
}

/** The parser's end. It has nothing else to do meanwhile, so it waits for every byte. */
export class ParserEnd {
  private readonly usual = Buffer.allocUnsafeSlow(USUAL_BYTES);

  constructor(private readonly fd: number) {}

  /**
   * The mails of the next message; null when the worker is gone. They are there until the next call.
   */
  nextMails(): Buffer[] | null {
    const count = this.read(Buffer.allocUnsafe(COUNT_BYTES))?.readUInt32BE();
    if (count === undefined) return null;
    const lengths = this.read(Buffer.allocUnsafe(COUNT_BYTES * count));
    if (lengths === null) return null;
    const sizes = Array.from({ length: count }, (_, n) => lengths.readUInt32BE(COUNT_BYTES * n));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const isUsual = total <= this.usual.length;
    const all = this.read(isUsual ? this.usual.subarray(0, total) : Buffer.allocUnsafeSlow(total));
    if (all === null) return null;
    let end = 0;
    return sizes.map((size) => {
      end += size;
      return all.subarray(end - size, end);
    });
  }

  answer(answer: Buffer): void {
    const head = Buffer.allocUnsafe(COUNT_BYTES);
    head.writeUInt32BE(answer.length);
    this.write(head);
    this.write(answer);
  }

  /** Fills these bytes; null when there are no more. */
  private read(into: Buffer): Buffer | null {
    for (let at = 0; at < into.length; ) {
      const length = readSync(this.fd, into, at, into.length - at, null);
      if (length === 0) return null;
      at += length;
    }
    return into;
  }

  private write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
  }
}
