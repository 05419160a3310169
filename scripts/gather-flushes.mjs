/** How long a piece of a page may wait for the next ones. */
const GATHER_MS = 20;

/**
 * Lets pieces of a compressed answer leave together. Next flushes the compressor after every piece
 * that React gives it, a hundred of them in a page, and each flush is a turn of zlib and a write to
 * the socket. The first one leaves at once, with all that a browser needs to go on loading.
 * Call it before the request is handled: the compressor sets `response.flush`, and this stands in for it.
 */
export function gatherFlushes(response) {
  let flush = () => undefined;
  let timer;
  let isBegun = false;
  const gathered = () => {
    if (!isBegun) {
      isBegun = true;
      return flush();
    }
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!response.writableEnded && !response.destroyed) flush();
    }, GATHER_MS);
  };
  response.once("close", () => clearTimeout(timer));
  Object.defineProperty(response, "flush", {
    get: () => gathered,
    set: (own) => {
      flush = own;
    },
  });
}
