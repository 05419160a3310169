import type { Mail, MailAttachment } from "@/lib/mail/mail";
import { type Difference, differ, folded } from "./score";

/** A part that a mail is known to have. */
export type ExpectedPart = {
  /** As the mail names it; null when it has no name, or none that is known. */
  filename: string | null;
  isAttachment: boolean;
  bytes: Uint8Array | null;
  /** What it says, when it is text. U+FFFD stands for what its reader could not decode. */
  text: string | null;
  charset: string | null;
};

/**
 * Compares parts that must be there with a mail: each is an attachment with its name and bytes, or,
 * when it is text that nobody called an attachment, shown in the body. What the mail has beyond them
 * is a difference too.
 */
export function compareParts(expected: readonly ExpectedPart[], mail: Mail): Difference[] {
  const left = [...mail.attachments];
  const differences: Difference[] = [];
  for (const part of expected) {
    const found = left.findIndex((attachment) => isSamePart(part, attachment));
    if (found !== -1) left.splice(found, 1);
    else if (!(part.text !== null && !part.isAttachment && isShown(part.text, mail)))
      differences.push(
        ...differ("attachment", describePart(part), left.map(describeOurs).join(", ") || null),
      );
  }
  for (const surplus of left)
    differences.push(...differ("attachment", null, describeOurs(surplus)));
  return differences;
}

/** Whether a text can be read in the body of a mail. */
export function isShown(text: string, mail: Mail): boolean {
  // NUL is left out everywhere: Postgres stores none.
  const wanted = folded(text.replaceAll("\0", ""));
  return holds(folded(mail.text), wanted) || holds(folded(mail.html ?? ""), wanted);
}

/** Whether `text` holds `wanted`, where U+FFFD in it stands for up to eight unknown characters. */
export function holds(text: string, wanted: string): boolean {
  if (!wanted.includes("\ufffd")) return text.includes(wanted);
  const pieces = wanted
    .split(/\ufffd+/)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(pieces.join("[^]{1,8}?")).test(text);
}

function isSamePart(part: ExpectedPart, ours: MailAttachment): boolean {
  if (part.filename !== null && !isSameName(part.filename, ours.filename)) return false;
  if (part.bytes !== null) return isSameBytes(part.bytes, ours.content);
  if (part.text === null) return true;
  const ourText = folded(decode(ours.content, part.charset));
  const wanted = folded(part.text);
  return ourText === wanted || (wanted.includes("\ufffd") && holds(ourText, wanted));
}

/** Names are shown without their folders and without what Windows forbids in them. */
function isSameName(name: string, ours: string): boolean {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const safe = folded(base.normalize("NFC")).replace(/[<>:"|?*]/g, "_");
  return ours === safe || (safe.includes("\ufffd") && holds(ours, safe)) || safe === "";
}

/** The line end before a boundary belongs to the boundary; readers differ about the last one. */
function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const trimmed = (bytes: Uint8Array) =>
    Buffer.from(bytes)
      .toString("latin1")
      .replace(/[\r\n]+$/, "");
  return trimmed(a) === trimmed(b);
}

function decode(bytes: Uint8Array, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function describePart(part: ExpectedPart): string {
  const content = part.bytes ? `${part.bytes.length} bytes` : (part.text?.slice(0, 60) ?? "");
  return `${part.filename ?? "unnamed"} (${content})`;
}

function describeOurs(ours: MailAttachment): string {
  return `${ours.filename} (${ours.size} bytes, ${ours.mediaType})`;
}
