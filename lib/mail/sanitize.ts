import sanitize from "sanitize-html";
import { textToHtml } from "./compose";
import { htmlToText } from "./html-text";
import { linkTitle, writeOutTargets } from "./link-target";
import { safeStyle } from "./safe-style";
import { cut } from "./text";

const INPUT_LENGTH_MAX = 1_048_576;
const DEPTH_MAX = 500;
const OUTPUT_DEPTH_MAX = 100;
const URL_LENGTH_MAX = 4_096;
const DATA_URL_LENGTH_MAX = 262_144;
/** Images of the mail itself that are shown: each is a request to us. */
const OWN_IMAGES_MAX = 200;

export type SanitiseOptions = {
  /** Where the part with this Content-ID of the same mail can be read; null when there is none. */
  cidUrl: (contentId: string) => string | null;
  loadRemoteImages: boolean;
};

export type SanitisedHtml = {
  html: string;
  /** How many images live on other servers, loaded or not. */
  remoteImages: number;
};

type Attributes = Record<string, string>;

class TooDeep extends Error {}

const TAGS =
  "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup " +
  "dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd " +
  "li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td " +
  "tfoot th thead time tr tt u ul var wbr";

// Elements whose content is no text of the mail, or could break out of what surrounds it.
const DROPPED_WITH_CONTENT =
  "script style textarea option select xmp title noscript noembed noframes template iframe object " +
  "embed applet svg math plaintext audio video canvas";

const ATTRIBUTES: Record<string, string[]> = {
  "*": ["style", "dir", "lang", "title", "align"],
  a: ["href", "target", "rel"],
  col: ["span", "width"],
  font: ["color", "face", "size"],
  img: ["src", "alt", "width", "height"],
  li: ["value"],
  ol: ["start", "type"],
  table: ["width", "border", "cellpadding", "cellspacing", "bgcolor"],
  td: ["colspan", "rowspan", "valign", "width", "height", "bgcolor", "nowrap"],
  th: ["colspan", "rowspan", "valign", "width", "height", "bgcolor", "nowrap"],
  tr: ["valign", "bgcolor"],
};

/**
 * Makes the HTML of a mail fit to be shown in our sandboxed frame: known harmless elements and
 * attributes only, inline styles without `url()` or positioning, links with http, https, mailto and
 * tel that say where they lead and open elsewhere without telling where from, at most 200 images of
 * the mail itself. Images on other servers are counted, and loaded only when asked for. Input over
 * 1 MB is cut; nested deeper than any mail needs, it is shown as text. Never throws.
 */
export function sanitiseHtml(html: string, options: SanitiseOptions): SanitisedHtml {
  const input = cut(html, INPUT_LENGTH_MAX);
  let remoteImages = 0;
  let ownImages = 0;
  let depth = 0;
  const cidUrl = (contentId: string) =>
    ++ownImages > OWN_IMAGES_MAX ? null : options.cidUrl(contentId);
  try {
    const clean = sanitize(input, {
      allowedTags: TAGS.split(" "),
      nonTextTags: DROPPED_WITH_CONTENT.split(" "),
      disallowedTagsMode: "discard",
      allowedAttributes: ATTRIBUTES,
      allowedSchemes: ["http", "https", "mailto", "tel"],
      allowedSchemesByTag: { img: ["http", "https", "data", "cid"] },
      allowProtocolRelative: false,
      parseStyleAttributes: false,
      nestingLimit: OUTPUT_DEPTH_MAX,
      // The parser below takes quadratic time on deep nesting: 28 s for 1 MB of <div>.
      onOpenTag: () => {
        if (++depth > DEPTH_MAX) throw new TooDeep();
      },
      onCloseTag: () => {
        depth--;
      },
      transformTags: {
        "*": (tagName, attribs) => ({ tagName, attribs: withSafeStyle(attribs) }),
        a: (tagName, attribs) => ({ tagName, attribs: safeLink(attribs) }),
        img: (tagName, attribs) => {
          const { attributes, isRemote } = safeImage(attribs, { ...options, cidUrl });
          if (isRemote) remoteImages++;
          return { tagName, attribs: attributes };
        },
      },
    });
    return { html: writeOutTargets(clean), remoteImages };
  } catch {
    return { html: textToHtml(htmlToText(input)), remoteImages: 0 };
  }
}

function withSafeStyle(attributes: Attributes): Attributes {
  const { style, ...rest } = attributes;
  const safe = style === undefined ? "" : safeStyle(style);
  return safe === "" ? rest : { ...rest, style: safe };
}

function safeLink({
  href,
  title: _title,
  target: _target,
  rel: _rel,
  ...rest
}: Attributes): Attributes {
  const url = plainUrl(href ?? "");
  const title = /^(https?:\/\/[^/]|mailto:|tel:)/i.test(url) ? linkTitle(url) : null;
  if (title === null) return rest;
  return { ...rest, href: url, title, target: "_blank", rel: "noopener noreferrer nofollow" };
}

function safeImage(
  { src, ...rest }: Attributes,
  { cidUrl, loadRemoteImages }: SanitiseOptions,
): { attributes: Attributes; isRemote: boolean } {
  const url = plainUrl(src ?? "");
  if (/^(https?:)?\/\//i.test(url)) {
    const shown = loadRemoteImages && !url.startsWith("//");
    return { attributes: shown ? { ...rest, src: url } : rest, isRemote: true };
  }
  const contentId = /^cid:(.{1,255})$/i.exec(url)?.[1];
  const source = contentId === undefined ? dataImage(src ?? "") : cidUrl(unescaped(contentId));
  return { attributes: source === null ? rest : { ...rest, src: source }, isRemote: false };
}

/** Pictures inside the HTML itself, of the formats that can hold no script. */
function dataImage(src: string): string | null {
  if (src.length > DATA_URL_LENGTH_MAX) return null;
  const data = src.replace(/\s+/g, "");
  return /^data:image\/(png|jpe?g|gif|webp);base64,[a-z0-9+/=]+$/i.test(data) ? data : null;
}

/** A URL the way browsers read it: no control characters or white space anywhere before it. */
function plainUrl(url: string): string {
  return cut(url, URL_LENGTH_MAX)
    .replace(/\p{Cc}/gu, "")
    .trim();
}

function unescaped(contentId: string): string {
  try {
    return decodeURIComponent(contentId);
  } catch {
    return contentId;
  }
}
