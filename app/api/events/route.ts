import { currentUser } from "@/app/auth";
import type { Notice } from "@/lib/db/listen";
import { followNotices } from "@/lib/notices";
import { findSession } from "@/lib/sessions";

export const dynamic = "force-dynamic";

const HEARTBEAT_MS = 25_000;

/**
 * Server-sent events for the desk: topic and id of what changed, never content. `?topics=a,b:id`
 * leaves out the rest: of topic b, all but what is about that id. The session is checked again with every heartbeat.
 */
export async function GET(request: Request): Promise<Response> {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return new Response("Not found\n", { status: 404 });
  const wanted = new URL(request.url).searchParams.get("topics");
  const topics = wanted ? new Set(wanted.split(",")) : null;
  const isWanted = (notice: Notice) =>
    topics === null ||
    notice.topic === "resync" ||
    topics.has(notice.topic) ||
    topics.has(`${notice.topic}:${notice.id}`);

  return new Response(eventStream(request.signal, user.sessionId, isWanted), {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store, no-transform",
      // nginx would hold events back until its buffer is full.
      "X-Accel-Buffering": "no",
    },
  });
}

function eventStream(
  signal: AbortSignal,
  sessionId: string,
  isWanted: (notice: Notice) => boolean,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end = () => {};
  return new ReadableStream({
    start(controller) {
      const send = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          end();
        }
      };
      const unfollow = followNotices((notice) => {
        if (isWanted(notice))
          send(`data: ${JSON.stringify({ topic: notice.topic, id: notice.id })}\n\n`);
      });
      const heartbeat = setInterval(async () => {
        const user = await findSession(sessionId).catch(() => undefined);
        if (user === null || user?.role === "CUSTOMER") return end();
        send(": still here\n\n");
      }, HEARTBEAT_MS);
      end = () => {
        end = () => {};
        unfollow();
        clearInterval(heartbeat);
        try {
          controller.close();
        } catch {
          // Closed by the other side already.
        }
      };
      signal.addEventListener("abort", () => end());
      if (signal.aborted) return end();
      send("retry: 3000\n\n");
    },
    cancel() {
      end();
    },
  });
}
