import { domainToUnicode } from "node:url";
import { domainOf } from "./address";
import type { MailAddress } from "./mail";
import { cut, oneLine } from "./text";

const ASCII = /^[ -~]*$/;
// Alphabets with letters that look like those of another one. Others mix with Latin every day.
const SCRIPTS: readonly [string, RegExp][] = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
];
// Letters nobody can tell from a Latin one, and that one.
const TWINS = new Map(
  "аa вb сc еe ԁd ɡg һh іi јj кk ӏl мm нh оo рp ԛq ѕs тt υu ѵv ԝw хx уy οo αa ρp νv ιi κk τt ɑa ꭰd օo սu հh ոn ցg"
    .split(" ")
    .map((pair) => [[...pair][0] ?? "", [...pair][1] ?? ""]),
);

/**
 * Says what an address and its name are where they may look like others: a domain in letters beyond
 * ASCII with both its forms (RFC 5890), letters of several alphabets in one word, and a domain of
 * foreign letters only that reads like a Latin one. `whose` begins the sentence. Nothing for usual
 * addresses. The address itself is never changed.
 */
export function lookAlikeWarnings(whose: string, { name, address }: MailAddress): string[] {
  const warnings: string[] = [];
  const domain = domainOf(address);
  if (/(^|\.)xn--/.test(domain)) warnings.push(`${whose} domain ${domain} ${domainShown(domain)}`);
  const local = address.slice(0, address.lastIndexOf("@"));
  const words: [string, string][] = [
    ["address", local],
    ["name", name],
  ];
  for (const [what, text] of words) {
    const word = mixedWord(text);
    if (word !== null)
      warnings.push(`${whose} ${what} mixes ${scriptsOf(word).join(" and ")} letters: ${word}`);
  }
  return warnings;
}

/** What stands behind the ASCII form of a domain, and what is odd about it. */
function domainShown(domain: string): string {
  const shown = domainToUnicode(domain);
  if (shown === "" || shown === domain) return "is no valid international domain";
  const word = mixedWord(shown);
  if (word !== null)
    return `is written ${shown}, which mixes ${scriptsOf(word).join(" and ")} letters`;
  const twin = latinTwin(shown);
  if (twin !== null) return `is written ${shown}, which looks like ${twin}`;
  return `is written ${shown}`;
}

/** The first word with letters of more than one of the alphabets that look alike. */
function mixedWord(text: string): string | null {
  if (ASCII.test(text)) return null;
  const words = cut(oneLine(text), 500).split(/[\s.,;:@()_+/-]+/);
  return words.find((word) => scriptsOf(word).length > 1) ?? null;
}

function scriptsOf(word: string): string[] {
  return SCRIPTS.filter(([, pattern]) => pattern.test(word)).map(([script]) => script);
}

/** The Latin domain that a domain with labels of look-alike letters only reads like. */
function latinTwin(domain: string): string | null {
  const labels = domain.split(".").map((label) => {
    if (/^[a-z0-9-]*$/.test(label)) return label;
    const letters = [...label].map(
      (letter) => TWINS.get(letter) ?? (/[a-z0-9-]/.test(letter) ? letter : null),
    );
    return letters.includes(null) ? null : letters.join("");
  });
  return labels.includes(null) ? null : labels.join(".");
}
