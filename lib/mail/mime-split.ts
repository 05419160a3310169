import { decodeRawHeader } from "./encoded-word";
import { fieldValue, type HeaderBlock, type RawField, readHeaderBlock } from "./header-block";
import { type ParameterValue, readParameters } from "./header-parameters";

const LF = 10;
const CR = 13;
const DASH = 45;
const TWO_DASHES = Buffer.from("--");
// A thousand files in a mail happen.
const PARTS_MAX = 2_500;
const TOP_HEADER_BYTES_MAX = 1_048_576;
const PART_HEADER_BYTES_MAX = 65_536;
const ALL_HEADERS_BYTES_MAX = 8_388_608;
const BOUNDARY_LINE_BYTES_MAX = 2_048;

/** One node of a mail's structure. Its body is the bytes from `start` to `end`, still encoded. */
export type MimeNode = {
  fields: RawField[];
  type: ParameterValue;
  disposition: ParameterValue;
  start: number;
  end: number;
  children: MimeNode[];
};

type Open = { node: MimeNode; boundary: string; isDigest: boolean };

/**
 * Cuts a mail into its parts (RFC 2046 §5.1) without decoding anything. A boundary that is never
 * closed ends with its parent, or with the mail; white space behind a boundary is allowed, anything
 * else is not. Attached messages stay whole. `block` is the header of the mail. Of bodies only lines
 * that begin with `--` are looked at, each a bounded number of times, whatever is nested how.
 * @throws Error for a header over 1 MB, more than 2500 parts, and 8 MB of their headers.
 */
export function splitMime(raw: Uint8Array, block: HeaderBlock): MimeNode {
  if (block.bodyStart > TOP_HEADER_BYTES_MAX) throw new Error("its header is longer than 1 MB");
  return new Splitter(raw).run(block);
}

class Splitter {
  private readonly open: Open[] = [];
  /** For each boundary the places in `open` that it has, outermost first. */
  private readonly places = new Map<string, number[]>();
  /** The part whose body is being read; null between parts, in what nobody reads. */
  private part: MimeNode | null = null;
  private parts = 0;
  private headerBytes = 0;

  private readonly raw: Buffer;

  constructor(raw: Uint8Array) {
    this.raw = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  }

  run(block: HeaderBlock): MimeNode {
    const root = nodeOf(block.fields, block.bodyStart, "text/plain");
    this.begin(root);
    let position = block.bodyStart;
    while (position < this.raw.length && this.open.length > 0) {
      const next = this.lineEnd(position);
      const found = this.boundaryAt(position, next);
      position = found === null ? this.nextDashes(next) : this.atBoundary(found, position, next);
    }
    this.endPart(this.raw.length);
    for (const { node } of this.open) node.end = this.raw.length;
    return root;
  }

  private begin(node: MimeNode): void {
    const boundary = node.type.parameters.get("boundary")?.trimEnd() ?? "";
    if (node.type.value.startsWith("multipart/") && boundary !== "") {
      const isDigest = node.type.value === "multipart/digest";
      this.places.set(boundary, [...(this.places.get(boundary) ?? []), this.open.length]);
      this.open.push({ node, boundary, isDigest });
      this.part = null;
    } else this.part = node;
  }

  /** A boundary ends every part within it; then another part begins, or the multipart is over. */
  private atBoundary(found: { place: number; closes: boolean }, position: number, next: number) {
    const end = this.beforeLineEnd(position);
    this.endPart(end);
    while (this.open.length > found.place + 1) this.leave(end);
    if (found.closes) {
      this.leave(next);
      return next;
    }
    const parent = this.open[found.place];
    if (parent === undefined) return next;
    this.parts++;
    if (this.parts > PARTS_MAX) throw new Error(`it has more than ${PARTS_MAX} parts`);
    const child = this.readPart(next, parent.isDigest ? "message/rfc822" : "text/plain");
    parent.node.children.push(child);
    this.begin(child);
    return child.start;
  }

  private leave(end: number): void {
    const left = this.open.pop();
    if (left === undefined) return;
    left.node.end = end;
    const places = this.places.get(left.boundary)?.slice(0, -1) ?? [];
    if (places.length === 0) this.places.delete(left.boundary);
    else this.places.set(left.boundary, places);
  }

  private endPart(end: number): void {
    if (this.part !== null) this.part.end = Math.max(end, this.part.start);
    this.part = null;
  }

  /** The header of a part: up to an empty line, or to a boundary where the part has no body. */
  private readPart(start: number, usualType: string): MimeNode {
    const limit = Math.min(this.raw.length, start + PART_HEADER_BYTES_MAX);
    let position = start;
    let stop = limit;
    while (position < limit) {
      const next = this.lineEnd(position);
      const isEmpty = this.beforeLineEnd(next) <= position;
      if (isEmpty || this.boundaryAt(position, next) !== null) {
        stop = isEmpty ? next : position;
        break;
      }
      position = next;
    }
    // Without empty lines the same bytes would be looked through for every part.
    this.headerBytes += position - start;
    if (this.headerBytes > ALL_HEADERS_BYTES_MAX)
      throw new Error("its parts have too long headers");
    // No header at all: an empty line, or the boundary, comes first.
    if (position === start) return nodeOf([], stop, usualType);
    const block = readHeaderBlock(this.raw.subarray(start, stop));
    return nodeOf(block.fields, start + block.bodyStart, usualType);
  }

  private boundaryAt(start: number, next: number): { place: number; closes: boolean } | null {
    if (this.raw[start] !== DASH || this.raw[start + 1] !== DASH) return null;
    if (next - start > BOUNDARY_LINE_BYTES_MAX) return null;
    const name = decodeRawHeader(this.raw.toString("latin1", start + 2, next).trimEnd());
    const place = this.places.get(name)?.at(-1);
    if (place !== undefined) return { place, closes: false };
    const closed = name.endsWith("--")
      ? this.places.get(name.slice(0, -2).trimEnd())?.at(-1)
      : undefined;
    return closed === undefined ? null : { place: closed, closes: true };
  }

  /** Where the next line that may be a boundary begins: at `start`, where a line begins, or later. */
  private nextDashes(start: number): number {
    for (let from = start; from < this.raw.length; ) {
      const found = this.raw.indexOf(TWO_DASHES, from);
      if (found === -1) break;
      if (this.raw[found - 1] === LF) return found;
      from = this.lineEnd(found);
    }
    return this.raw.length;
  }

  /** Where the line after this one begins. */
  private lineEnd(position: number): number {
    const found = this.raw.indexOf(LF, position);
    return found === -1 ? this.raw.length : found + 1;
  }

  /** The position before the line end that stands before `position`. */
  private beforeLineEnd(position: number): number {
    let end = position;
    if (this.raw[end - 1] === LF) end--;
    if (end < position && this.raw[end - 1] === CR) end--;
    return end;
  }
}

function nodeOf(fields: RawField[], start: number, usualType: string): MimeNode {
  const first = (name: string) => fieldValue(fields, name) ?? "";
  const type = readParameters(first("content-type"));
  if (!/^[^\s/]+\/[^\s/]+$/.test(type.value))
    type.value = type.value === "" ? usualType : "text/plain";
  return {
    fields,
    type,
    disposition: readParameters(first("content-disposition")),
    start,
    end: start,
    children: [],
  };
}
