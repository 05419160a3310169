/**
 * The media type of an image that browsers show and that holds no script, told by its first 12
 * bytes: PNG, JPEG, GIF or WebP; null for everything else, whatever its sender calls it.
 */
export function imageType(start: Uint8Array): string | null {
  const text = Buffer.from(start.subarray(0, 12)).toString("latin1");
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (/^GIF8[79]a/.test(text)) return "image/gif";
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "image/webp";
  return null;
}
