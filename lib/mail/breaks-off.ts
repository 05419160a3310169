const PADDING = 61;

/**
 * Whether base64 (RFC 2045 §6.8) came without its end: it breaks off within a group of four, or
 * `isOpen`, the mail ends before the boundary of its part, and no padding closes it. The decoder makes
 * of it what it can and says nothing. One pass over the bytes.
 */
export function breaksOff(body: Uint8Array, isOpen: boolean): boolean {
  let symbols = 0;
  let isPadded = false;
  for (const byte of body) {
    if (isSymbol(byte)) symbols++;
    else if (byte === PADDING) isPadded = true;
  }
  return symbols % 4 === 1 || (!isPadded && (symbols % 4 > 0 || isOpen));
}

function isSymbol(byte: number): boolean {
  return (
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    (byte >= 48 && byte <= 57) ||
    byte === 43 ||
    byte === 47
  );
}
