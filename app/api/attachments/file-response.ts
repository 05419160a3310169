import "server-only";
import { currentUser } from "@/app/auth";
import type { OpenFile } from "@/lib/attachments";
import { AppError } from "@/lib/errors";
import { wellFormed } from "@/lib/mail/text";
import type { Actor } from "@/lib/tickets/access";

/** To whoever may not see a thing, it is not there: signed out, foreign and missing look the same. */
export function notFoundResponse(): Response {
  return new Response("Not found", {
    status: 404,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "private, no-store" },
  });
}

/** Runs `answer` for the signed-in user; refusals become 404. */
export async function answerSignedIn(
  answer: (viewer: Actor) => Promise<Response>,
): Promise<Response> {
  const viewer = await currentUser();
  if (!viewer) return notFoundResponse();
  try {
    return await answer(viewer);
  } catch (error) {
    if (error instanceof AppError) return notFoundResponse();
    throw error;
  }
}

/** Sends a file. What is in it never runs on our origin, whatever it is and however it is opened. */
export function fileResponse(
  file: OpenFile,
  how: { mediaType: string; disposition: "attachment" | "inline" },
): Response {
  const headers = new Headers({
    "Content-Type": how.mediaType,
    "Content-Disposition": `${how.disposition}; filename*=UTF-8''${encodeName(file.filename)}`,
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
  });
  if (file.contentLength !== null) headers.set("Content-Length", String(file.contentLength));
  return new Response(streamOf(file.chunks), { headers });
}

/** RFC 8187: everything but attr-char is percent-encoded. */
function encodeName(filename: string): string {
  return encodeURIComponent(wellFormed(filename)).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Reads on only as fast as the browser takes it. */
function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      let next = await iterator.next();
      // A decoder may give nothing for a piece; a pull that adds nothing would end the reading.
      while (!next.done && next.value.length === 0) next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
