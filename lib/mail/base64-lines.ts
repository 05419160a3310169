const LF = 10;
const CR = 13;
const PADDING = 61;
const DASH = 45;
const UNDERSCORE = 95;

/** Short strings live and die young; one as long as a large file is memory of its own. */
const PIECE_BYTES = 48 * 1024;

export type Base64Count = {
  /** How many characters of the alphabet there are. */
  symbols: number;
  isPadded: boolean;
};

/**
 * Decodes base64 (RFC 2045 §6.8) in lines of one length, the last one shorter, with nothing in it but
 * the alphabet, line ends and padding at its end: what nearly all mails have. The bytes are memory of
 * their own. Null for every other body, which says nothing of it. Looks at single bytes only where
 * lines end: that the rest is base64 shows in that the decoder, which leaves out what is not, leaves
 * out nothing.
 */
export function decodeBase64Lines(body: Uint8Array): (Base64Count & { bytes: Uint8Array }) | null {
  const padded = withoutEnd(Buffer.from(body.buffer, body.byteOffset, body.length), [CR, LF]);
  const data = withoutEnd(padded, [PADDING]);
  // Our decoder takes the dash and the underscore for what stands in their place elsewhere.
  if (padded.length - data.length > 2 || data.includes(DASH) || data.includes(UNDERSCORE))
    return null;
  const lineLength = data.indexOf(LF) + 1;
  const lineEndLength = data[lineLength - 2] === CR ? 2 : 1;
  if (lineLength > 0 && !areLines(data, lineLength, lineEndLength)) return null;
  const lineEnds = lineLength === 0 ? 0 : Math.floor(data.length / lineLength);
  const symbols = data.length - lineEnds * lineEndLength;
  // One symbol beyond whole groups of four adds no byte: that it is none would not show.
  if (symbols === 0 || symbols % 4 === 1) return null;
  const bytes = decoded(data, Math.floor((symbols * 3) / 4), lineLength);
  return bytes && { bytes, symbols, isPadded: padded.length > data.length };
}

function withoutEnd(data: Buffer, leftOut: readonly number[]): Buffer {
  let end = data.length;
  while (end > 0 && leftOut.includes(data[end - 1] ?? 0)) end--;
  return data.subarray(0, end);
}

function areLines(data: Buffer, lineLength: number, lineEndLength: number): boolean {
  for (let next = lineLength; next <= data.length; next += lineLength) {
    if (data[next - 1] !== LF || (lineEndLength === 2 && data[next - 2] !== CR)) return false;
  }
  return true;
}

/** Null when it is not so many bytes. Four lines are whole groups, however long a line is. */
function decoded(data: Buffer, size: number, lineLength: number): Uint8Array | null {
  const bytes = Buffer.allocUnsafeSlow(size);
  const group = 4 * Math.max(1, lineLength);
  const step = group * Math.max(1, Math.floor(PIECE_BYTES / group));
  let length = 0;
  for (let at = 0; at < data.length; at += step)
    length += bytes.write(data.toString("latin1", at, at + step), length, "base64");
  return length === size ? new Uint8Array(bytes.buffer) : null;
}
