/** All of \p{Cc} but tab and line feed, in a form that is looked for letter by letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROLS_EXCEPT_TAB_AND_LF = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
/** What most values are: words of ASCII with single spaces between them. */
const PLAIN_LINE = /^[!-~]+(?: [!-~]+)*$/;
const INVISIBLE_FORMAT =
  /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
// Without the joiners and marks of direction that scripts and emoji are written with.
const REORDERING =
  /[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const MANY_COMBINING_MARKS = /(\p{M}{8})\p{M}+/gu;
/** All blocks with marks among others; to look for these ranges alone is ten times as fast. */
const MAY_BE_MARKS =
  /[\u0300-\u036f\u0483-\u0489]|[\u20d0-\u20ff]|[\u3099\u309a]|[\u0591-\u1fff\u2cef-\u303f\ua66f-\uabff\ud800-\uffff]/;
const FILENAME_LENGTH_MAX = 150;

const EXTENSIONS = new Map<string, string>([
  ["application/msword", "doc"],
  ["application/pdf", "pdf"],
  ["application/pkcs7-mime", "p7m"],
  ["application/pkcs7-signature", "p7s"],
  ["application/pgp-signature", "asc"],
  ["application/zip", "zip"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["application/ms-tnef", "dat"],
  ["image/gif", "gif"],
  ["image/jpeg", "jpg"],
  ["image/jpg", "jpg"],
  ["image/png", "png"],
  ["image/svg+xml", "svg"],
  ["image/webp", "webp"],
  ["message/delivery-status", "txt"],
  ["text/calendar", "ics"],
  ["text/csv", "csv"],
  ["text/html", "html"],
  ["text/plain", "txt"],
  ["text/rfc822-headers", "txt"],
  ["text/vcard", "vcf"],
]);

/**
 * Makes a string storable in Postgres `text` and `jsonb`: no NUL (error 22021, 22P05), no lone
 * surrogates, no control except tab and line feed. CR LF and lone CR become LF.
 */
export function pgText(s: string): string {
  const lines = s.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  return wellFormed(lines.replace(CONTROLS_EXCEPT_TAB_AND_LF, ""));
}

/** Replaces lone UTF-16 surrogates by U+FFFD: Postgres refuses them, JSON parsers differ. */
export function wellFormed(s: string): string {
  return s.toWellFormed();
}

/** One line without controls: white space of any kind folded to single spaces, trimmed. */
export function oneLine(s: string): string {
  if (PLAIN_LINE.test(s)) return s;
  return wellFormed(s.replace(/[\p{Cc}\p{Z}]+/gu, " ")).trim();
}

/** The first `charsMax` UTF-16 units of `s`, never half a surrogate pair. */
export function cut(s: string, charsMax: number): string {
  if (s.length <= charsMax) return s;
  const head = s.slice(0, charsMax);
  return /[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head;
}

/** The longest start of `s` whose UTF-8 form has at most `bytesMax` bytes. */
export function cutBytes(s: string, bytesMax: number): string {
  if (s.length * 3 <= bytesMax) return s;
  const { read } = new TextEncoder().encodeInto(s, new Uint8Array(bytesMax));
  return read === s.length ? s : s.slice(0, read);
}

/**
 * Drops characters that make text look like other text: bidi overrides, zero-width characters,
 * tag characters; and what is piled up on one letter.
 */
export function withoutTrickery(s: string): string {
  return withoutPiles(s.replace(INVISIBLE_FORMAT, ""));
}

/**
 * As withoutTrickery(), for text in which people write emoji, Persian or Hindi: their joiners stay,
 * only what reorders or hides other characters goes.
 */
export function withoutReordering(s: string): string {
  return withoutPiles(s.replace(REORDERING, ""));
}

/** At most eight combining marks on a letter: no script needs more, and a thousand cover the page. */
export function withoutPiles(s: string): string {
  return MAY_BE_MARKS.test(s) ? s.replace(MANY_COMBINING_MARKS, "$1") : s;
}

/**
 * A file name to show and to offer for saving: no path, no controls, no reversed or invisible
 * characters, no reserved Windows name, at most 150 characters with its real extension kept.
 * A missing name is made from the media type. Never a storage key.
 */
export function safeFilename(name: string | null | undefined, mediaType: string): string {
  const wanted = cleanFilename(name ?? "");
  if (wanted === "") return generatedFilename(mediaType);
  if (wanted.length <= FILENAME_LENGTH_MAX) return wanted;
  const extension = /\.[^.\s]{1,12}$/.exec(wanted)?.[0] ?? "";
  return cut(wanted, FILENAME_LENGTH_MAX - extension.length).trimEnd() + extension;
}

function cleanFilename(name: string): string {
  const flat = oneLine(withoutTrickery(cut(name, 10_000))).normalize("NFC");
  const base = flat.slice(Math.max(flat.lastIndexOf("/"), flat.lastIndexOf("\\")) + 1);
  const clean = base.replace(/[<>:"|?*]/g, "_").replace(/^[.\s]+/, "");
  const trimmed = trimEndOf(clean, ". ");
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(trimmed);
  return reserved ? `_${trimmed}` : trimmed;
}

function trimEndOf(s: string, characters: string): string {
  let end = s.length;
  while (end > 0 && characters.includes(s.charAt(end - 1))) end--;
  return s.slice(0, end);
}

function generatedFilename(mediaType: string): string {
  const type = mediaType.toLowerCase();
  if (type === "message/rfc822") return "forwarded message.eml";
  if (type === "application/ms-tnef") return "winmail.dat";
  const extension = EXTENSIONS.get(type);
  return extension === undefined ? "attachment" : `attachment.${extension}`;
}
