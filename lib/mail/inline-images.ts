import { imageType } from "./image-type";
import type { MailAttachment } from "./mail";

const CID_URL = /(?<![\w-])src\s{0,5}=\s{0,5}["']?\s{0,5}cid:([^"'\s>]{1,255})/gi;

/**
 * Marks which attachments stand inside the text: images that the HTML shows by their Content-ID
 * (RFC 2392) and that a browser can show. Whatever the sender called "inline" without showing it is
 * a file like any other, or nobody would find it.
 */
export function markInlineImages(html: string | null, attachments: MailAttachment[]): void {
  if (attachments.every(({ contentId }) => contentId === null)) return;
  const shown = new Set<string>();
  for (const [, contentId = ""] of (html ?? "").matchAll(CID_URL)) shown.add(cidKey(contentId));
  for (const attachment of attachments) {
    const { contentId, content } = attachment;
    // Of several with the same Content-ID the first is the one that is shown.
    attachment.inline =
      contentId !== null && imageType(content) !== null && shown.delete(cidKey(contentId));
  }
}

/** A Content-ID as `cid:` URLs name it: percent-encoded or not, in any case. */
export function cidKey(contentId: string): string {
  let plain = contentId.replaceAll("&amp;", "&");
  try {
    plain = decodeURIComponent(plain);
  } catch {
    // A lone percent sign: it stands for itself.
  }
  return plain.toLowerCase();
}
