/** Base64 puts 57 bytes on a line of 76 characters and a line end (RFC 2045 §6.8). */
const LINE_BYTES = 57;
const LINE_ENCODED = 78;

/** Kept free for headers, the text with its history, and what stands around each file. */
const REST_BYTES = 512 * 1024;

/** Bytes of files on one message, whatever its server takes: most receivers refuse more. */
export const FILES_BYTES_MAX = 25 * 1024 * 1024;

/** Files on one message. */
export const FILES_MAX = 50;

/**
 * How many bytes of files a mail may carry, all together, for a server that takes mails of `sizeMax`
 * bytes (RFC 1870; null when it does not say): encoded they are a third larger. At least 0.
 */
export function filesBytesMax(sizeMax: number | null): number {
  if (sizeMax === null) return FILES_BYTES_MAX;
  const lines = Math.floor((sizeMax - REST_BYTES) / LINE_ENCODED);
  return Math.max(0, Math.min(FILES_BYTES_MAX, lines * LINE_BYTES));
}

/** "25 MB" or "12.3 MB": rounded down, so that what is promised is kept. */
export function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 104_857.6) / 10} MB`;
}
