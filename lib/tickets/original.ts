import { readRawMailStart } from "../attachments";
import { decodeRawHeader, decodeWords } from "../mail/encoded-word";
import { readHeaderBlock } from "../mail/header-block";
import { cut, pgText } from "../mail/text";
import type { Actor } from "./access";
import { getReceipt } from "./conversation";

/** Bytes of a mail shown as its source; the download has them all. */
const SOURCE_BYTES_MAX = 256 * 1024;
const HEADERS_MAX = 500;
const HEADER_LENGTH_MAX = 10_000;

/**
 * A mail as it arrived, for agents: what became of it, its header fields decoded, and its source as
 * text (the first 256 KB).
 * @throws AppError "forbidden" for customers; "not-found" when the ticket has no such mail, or the
 * mail never came.
 */
export async function getOriginal(viewer: Actor, number: number, receiptId: string) {
  const receipt = await getReceipt(viewer, number, receiptId);
  const { start, size } = await readRawMailStart(viewer, receiptId, SOURCE_BYTES_MAX);
  const { fields } = readHeaderBlock(start);
  return {
    receipt,
    headers: fields.slice(0, HEADERS_MAX).map(({ name, value }) => ({
      name,
      value: cut(pgText(decodeWords(decodeRawHeader(value))), HEADER_LENGTH_MAX),
    })),
    source: pgText(decodeRawHeader(Buffer.from(start).toString("latin1"))),
    size,
    isCut: size > start.length,
  };
}
