/** Files that run when they are opened, on the systems that agents use. */
const PROGRAMS = new Set(
  (
    "apk app appimage bat cmd com command cpl desktop dll dmg exe hta jar js jse lnk msi msix msp " +
    "pif pkg ps1 reg run scr sh vb vbe vbs wsf wsh xll"
  ).split(" "),
);

/** What senders of traps like their files to look like. */
const HARMLESS_LOOKING = new Set(
  (
    "avi bmp csv doc docx eml gif heic jpeg jpg mov mp3 mp4 odt pdf png ppt pptx rtf txt wav webp " +
    "xls xlsx"
  ).split(" "),
);

/** Endings that are rightly put behind another one. */
const ADDED = new Set("7z asc bak bz2 enc gpg gz p7m p7s pgp sig tmp xz zip zst".split(" "));

/**
 * What to say plainly about a file whose name could be misread: "EXE program" for one that runs when
 * it is opened, "HTML file" for an invoice.pdf.html. null for all others.
 */
export function plainKind(filename: string): string | null {
  const [, before, last] = /(?:\.([^.\s]{1,12})\s*)?\.([^.\s]{1,12})$/.exec(filename) ?? [];
  if (last === undefined) return null;
  const real = last.toLowerCase();
  if (PROGRAMS.has(real)) return `${real.toUpperCase()} program`;
  const posed = before?.toLowerCase() ?? "";
  const isMisread = HARMLESS_LOOKING.has(posed) && posed !== real && !ADDED.has(real);
  return isMisread && /^[a-z0-9]+$/.test(real) ? `${real.toUpperCase()} file` : null;
}

/** Larger images are offered as files only: a page shows all of its previews at once. */
const PREVIEW_BYTES_MAX = 5_000_000;

const PREVIEWED = new Set(["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"]);

/** Whether a file is worth asking for as an image, by what its sender says of it. */
export function mayBePreviewed({ mediaType, size }: { mediaType: string; size: number }): boolean {
  return PREVIEWED.has(mediaType.toLowerCase()) && size > 0 && size <= PREVIEW_BYTES_MAX;
}

/** A browser holds a PDF file whole while its pages are shown. */
const PAGED_BYTES_MAX = 25_000_000;

/** Whether the pages of a file may be shown: a PDF by its name, which says nothing else besides. */
export function mayBePaged(file: { filename: string; mediaType: string; size: number }): boolean {
  const isPdf = /\.pdf$/i.test(file.filename.trim()) || file.mediaType === "application/pdf";
  return isPdf && !plainKind(file.filename) && file.size > 0 && file.size <= PAGED_BYTES_MAX;
}

/** What kind of file it is, in a word: "PDF" by its ending, "plain text" by its type, or "file". */
export function kindWord(filename: string, mediaType: string): string {
  const [, ending] = /\.([a-z0-9]{1,5})$/i.exec(filename.trim()) ?? [];
  if (ending) return ending.toUpperCase();
  const [kind = "", sub = ""] = mediaType.toLowerCase().split("/");
  if (mediaType === "message/rfc822") return "email";
  if (kind === "text") return sub === "plain" ? "plain text" : "text";
  return ["image", "audio", "video"].includes(kind) ? kind : "file";
}
