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
