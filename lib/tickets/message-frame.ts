import { db } from "../db/client";
import { AppError } from "../errors";
import { bodyLook } from "../mail/body-look";
import { cidKey } from "../mail/inline-images";
import { holdsWords, quoteStart } from "../mail/quote-marks";
import { sanitiseHtml } from "../mail/sanitize";
import { isUuid } from "../uuid";
import type { Actor } from "./access";
import { visibleMessages } from "./visible-messages";

type FrameOptions = {
  /** true: images on other hosts are loaded, which tells the sender that the mail was read. */
  loadRemoteImages: boolean;
  /** Where an image of the message itself is shown from. */
  imageUrl: (attachmentId: string) => string;
};

/**
 * A mail's HTML, sanitised, as a whole document for a frame without scripts. Quoted history is
 * folded, what somebody forwarded is not; blocked images on other hosts are counted at its end.
 * @throws AppError "not-found" when the viewer may not see the message, or it has no HTML.
 */
export async function getMessageFrame(
  viewer: Actor,
  messageRowId: string,
  options: FrameOptions,
): Promise<string> {
  const message = isUuid(messageRowId)
    ? await db().prisma.message.findFirst({
        where: { AND: [{ id: messageRowId, html: { not: null } }, visibleMessages(viewer)] },
        select: {
          html: true,
          newText: true,
          quotedText: true,
          forwarded: true,
          fromName: true,
          fromAddress: true,
          attachments: {
            where: { isInline: true },
            select: { id: true, contentId: true },
            orderBy: { position: "desc" },
          },
        },
      })
    : null;
  if (!message?.html) throw new AppError("not-found", "There is no such message.");
  // Of several with the same id the first wins: it is set last.
  const byContentId = new Map(
    message.attachments.map(({ id, contentId }) => [cidKey(contentId ?? ""), id]),
  );
  return frameDocument({
    ...message,
    html: message.html,
    isForward: message.forwarded !== null,
    loadRemoteImages: options.loadRemoteImages,
    cidUrl: (contentId) => {
      const id = byContentId.get(cidKey(contentId));
      return id ? options.imageUrl(id) : null;
    },
  });
}

type FrameInput = {
  html: string;
  newText: string;
  quotedText: string;
  /** It passes another mail on, which is what people must read. */
  isForward: boolean;
  fromName: string;
  fromAddress: string | null;
  loadRemoteImages: boolean;
  cidUrl: (contentId: string) => string | null;
};

/** The document itself. */
export function frameDocument(input: FrameInput): string {
  const { loadRemoteImages, cidUrl } = input;
  const sanitise = (html: string) => sanitiseHtml(html, { cidUrl, loadRemoteImages });
  const whole = sanitise(input.html);
  const at = input.quotedText && !input.isForward ? quoteStart(input.html) : null;
  const parts = at === null ? null : [input.html.slice(0, at), input.html.slice(at)].map(sanitise);
  const [fresh, quoted] = parts ?? [];
  const isFoldable = fresh && quoted && holdsWords(fresh.html, input.newText);
  const body = isFoldable
    ? `${fresh.html}<details><summary>quoted text</summary>${quoted.html}</details>`
    : whole.html;
  const look = bodyLook(input.html);
  const title = `Mail from ${input.fromName || input.fromAddress || "an unknown sender"}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="color-scheme" content="light"><meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head>
<body><div id="mail" dir="auto"${look ? ` style="${escapeHtml(look)}"` : ""}>${body}</div>${remoteImagesLine(whole.remoteImages, loadRemoteImages)}</body></html>`;
}

const STYLE = `
html{color-scheme:light;background:#fff;color:#1b2126}
body{margin:0;font:15px/23px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:break-word}
#mail{overflow-x:auto;max-width:100%}#mail[style]{padding:10px 12px}
#mail>:first-child,#mail>:first-child>:first-child{margin-top:0}
#mail>:last-child,#mail>:last-child>:last-child{margin-bottom:0}
img{max-width:100%;height:auto}a{color:#17506e}pre{white-space:pre-wrap}
blockquote{margin:8px 0 8px 2px;padding-left:12px;border-left:2px solid #c6cac8;color:#4a5258}
details{margin-top:10px}
summary{display:inline-block;cursor:pointer;list-style:none;padding:0 8px;border:1px solid #cfd1cd;border-radius:4px;background:#eeefec;color:#525a60;font-size:12px;line-height:22px}
summary::before{content:"Show "}details[open]>summary::before{content:"Hide "}
details[open]>summary{margin-bottom:8px}summary::-webkit-details-marker{display:none}
:focus-visible{outline:2px solid #0b6a9c;outline-offset:2px}
a[title]:focus-visible::after{content:" (" attr(title) ")";font-size:12.5px;color:#4a5258;overflow-wrap:anywhere}
.target{font-size:12.5px;color:#7c5000;overflow-wrap:anywhere}
.remote{margin:12px 0 0;font-size:12.5px;line-height:17px;color:#4a5258}`;

function remoteImagesLine(count: number, isLoaded: boolean): string {
  if (count === 0 || isLoaded) return "";
  const images = count === 1 ? "1 remote image blocked" : `${count} remote images blocked`;
  return `<p class="remote">${images} <a href="?images=1">Load once</a></p>`;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
