import { decodeRawHeader, decodeWords } from "./encoded-word";
import { fieldValue, readHeaderBlock, repairLineEnds } from "./header-block";
import { readParameters } from "./header-parameters";
import { parseMessageId } from "./message-id";
import { normaliseSubject } from "./subject";
import { cut, oneLine } from "./text";

const SCAN_BYTES_MAX = 65_536;

export type ScannedHeader = {
  messageId: string | null;
  date: string | null;
  subject: string | null;
};

/**
 * A quick look at the first 64 KB of a mail, for what the store step notes beside the bytes.
 * Never throws, takes a few milliseconds at most. The first of repeated fields counts.
 */
export function scanHeader(raw: Uint8Array): ScannedHeader {
  const { fields } = readHeaderBlock(repairLineEnds(raw.subarray(0, SCAN_BYTES_MAX)));
  const type = fieldValue(fields, "content-type") ?? "";
  const charset = readParameters(type).parameters.get("charset") ?? null;
  const first = (name: string): string | null => {
    const found = fieldValue(fields, name);
    return found === null ? null : decodeWords(decodeRawHeader(found, charset));
  };
  const messageId = first("message-id");
  const date = first("date");
  const subject = first("subject");
  return {
    messageId: messageId === null ? null : parseMessageId(messageId),
    date: date === null ? null : cut(oneLine(date), 200),
    subject: subject === null ? null : normaliseSubject(subject),
  };
}
