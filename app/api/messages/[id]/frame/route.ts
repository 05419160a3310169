import { answerSignedIn } from "@/app/api/attachments/file-response";
import { paths } from "@/app/paths";
import { getMessageFrame } from "@/lib/tickets/message-frame";

type Context = { params: Promise<{ id: string }> };

/**
 * A mail's HTML for the frame on the ticket page. The document brings its own policy, so that not
 * even a hole in the sanitiser runs a script or reaches another host.
 */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  const loadRemoteImages = new URL(request.url).searchParams.get("images") === "1";
  return answerSignedIn(async (viewer) => {
    const html = await getMessageFrame(viewer, id, {
      loadRemoteImages,
      imageUrl: (attachmentId) => paths.attachment(attachmentId, { inline: true }),
    });
    return new Response(html, {
      headers: {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": framePolicy(loadRemoteImages),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
      },
    });
  });
}

function framePolicy(loadRemoteImages: boolean): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src 'self' data:${loadRemoteImages ? " https: http:" : ""}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
  ].join("; ");
}
