/**
 * Cuts a list in its order: pieces of `countMax` items at most, whose sizes come to `sizeMax` at most.
 * An item larger than that is alone. None for an empty list.
 */
export function inPieces<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  { sizeMax, countMax = Number.POSITIVE_INFINITY }: { sizeMax: number; countMax?: number },
): T[][] {
  const pieces: T[][] = [];
  let size = 0;
  for (const item of items) {
    const own = sizeOf(item);
    const current = pieces.at(-1);
    if (current && current.length < countMax && size + own <= sizeMax) {
      current.push(item);
      size += own;
    } else {
      pieces.push([item]);
      size = own;
    }
  }
  return pieces;
}
