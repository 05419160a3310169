import { getDomain, parse } from "tldts";
import { domainOf } from "./address";
import { decodeEntities } from "./html-entities";
import { cut, withoutTrickery } from "./text";

const TEXT_LENGTH_MAX = 1_000;
const TITLE_LENGTH_MAX = 300;
const HOSTS_MAX = 5;

/** Where a link really leads: the host a browser would ask, or the address a mail would go to. */
type Target = { host: string; shown: string; title: string };

/**
 * What to say of a link's target on hover, with the host as the browser reads it: look-alike letters
 * in their ASCII form, no user name that poses as a host. null when there is no such target.
 */
export function linkTitle(url: string): string | null {
  return targetOf(url)?.title ?? null;
}

/**
 * The real host of a link whose text shows another one, or shows its own in letters that look like
 * others; null when the text is honest. `text` is plain text.
 */
export function hiddenTarget(text: string, url: string): string | null {
  const target = targetOf(url);
  return target && showsAnother(text, target) ? target.shown : null;
}

/**
 * Writes the real host behind every link whose text shows another one: "paypal.com" that leads to
 * evil.test reads "paypal.com (evil.test)". Takes and returns HTML of the sanitiser's making, whose
 * attributes hold no `>` and whose text no `<`. Hosts of one registrable domain count as the same.
 */
export function writeOutTargets(clean: string): string {
  let out = "";
  let target: Target | null = null;
  let text = "";
  const end = () => {
    const shown = decodeEntities(cut(text, TEXT_LENGTH_MAX));
    const marker = target && showsAnother(shown, target) ? markerOf(target) : "";
    target = null;
    text = "";
    return marker;
  };
  for (const [token] of clean.matchAll(/<[^>]*>|[^<]+/g)) {
    if (token === "</a>") {
      out += token + end();
      continue;
    }
    if (/^<a[\s>]/.test(token)) {
      // A browser ends a link where the next one begins.
      out += end();
      const href = /\shref="([^"]*)"/.exec(token)?.[1];
      target = href === undefined ? null : targetOf(decodeEntities(href));
    } else if (target && !token.startsWith("<") && text.length < TEXT_LENGTH_MAX) {
      text += token;
    }
    out += token;
  }
  return out + end();
}

function targetOf(url: string): Target | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, pathname, href } = new URL(url);
  const whole = cut(href, TITLE_LENGTH_MAX);
  switch (protocol) {
    case "http:":
    case "https:":
      return { host: hostname, shown: hostname, title: `Opens ${hostname}: ${whole}` };
    case "mailto:": {
      const address = decoded(pathname).toLowerCase();
      return { host: domainOf(address), shown: address, title: `Writes to ${address}` };
    }
    case "tel:":
      return { host: "", shown: pathname, title: `Calls ${decoded(pathname)}` };
    default:
      return null;
  }
}

function showsAnother(shown: string, target: Target): boolean {
  if (target.host === "") return false;
  const text = withoutTrickery(cut(shown, TEXT_LENGTH_MAX)).normalize("NFKC");
  if (target.shown.includes("@")) {
    const address = /[^\s@<>()]{1,64}@[^\s@<>()]{1,255}/.exec(text)?.[0];
    if (address) return address.toLowerCase() !== target.shown;
  }
  return hostsIn(text).some(
    ({ name, host }) => !isSameOrganisation(host, target.host) || mixesScripts(name),
  );
}

const HOST =
  /(https?:\/\/|www\.)?([\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}][\p{L}\p{N}-]{0,62})+)/giu;
/** Behind a host, where other hosts may stand that the link is not about. */
const PATH = /(\.[\p{L}\p{N}-]{2,63}(?::\d{1,5})?)[/?#]\S*/gu;
const LOCAL_PART = /(^|[\s<(,;])[^\s@<>/:(,;]{1,64}@/g;

/** Hosts that a reader would take for one: after http:// or www., or under a real top-level domain. */
function hostsIn(text: string): { name: string; host: string }[] {
  const hosts: { name: string; host: string }[] = [];
  const bare = text.replace(PATH, "$1").replace(LOCAL_PART, "$1");
  for (const [, start, name = ""] of bare.matchAll(HOST)) {
    if (hosts.length === HOSTS_MAX) break;
    const url = `http://${name}`;
    const host = URL.canParse(url) ? new URL(url).hostname : "";
    const { isIcann, domain } = parse(host);
    if (host !== "" && (start !== undefined || (isIcann && domain))) hosts.push({ name, host });
  }
  return hosts;
}

/** Letters of scripts that have look-alikes of Latin ones, beside Latin ones. */
function mixesScripts(name: string): boolean {
  return (
    /\p{Script=Latin}/u.test(name) &&
    /\p{Script=Cyrillic}|\p{Script=Greek}|\p{Script=Armenian}|\p{Script=Cherokee}/u.test(name)
  );
}

function isSameOrganisation(one: string, other: string): boolean {
  if (one === other) return true;
  const domain = getDomain(one, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}

function markerOf({ shown }: Target): string {
  const safe = cut(shown, TITLE_LENGTH_MAX).replace(/[<>&"]/g, "");
  return ` <span class="target">(${safe})</span>`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
