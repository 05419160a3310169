import { toMailAddress } from "./address";
import { decodeWords } from "./encoded-word";
import type { MailAddress } from "./mail";
import { cut, oneLine } from "./text";

const ADDRESSES_MAX = 50;
const UNUSABLE_MAX = 20;
const NAME_LENGTH_MAX = 2_000;
const COMMENT_DEPTH_MAX = 50;

export type AddressHeader = {
  addresses: MailAddress[];
  /** What stood there but is no usable address, for a warning. */
  unusable: string[];
  /** More addresses than the limit were given. */
  cut: boolean;
  /** Addresses found only inside an encoded word (RFC 2047 §5 forbids them): never trusted. */
  fabricated: boolean;
};

type Mailbox = { name: string; angles: string[] };

/** The mailboxes of an address header, at most `max`, unusable ones left out. */
export function parseAddressList(header: string, max = ADDRESSES_MAX): MailAddress[] {
  return readAddressHeader(header, max).addresses;
}

/**
 * Reads an address header (RFC 5322 §3.4) with its encoded words still encoded. Groups, comments,
 * quotes and routes as in the RFC; beyond it commas unquoted in names (`Doe, Jo <jo@example.com>`),
 * semicolons between addresses, missing brackets. One pass over the input.
 */
export function readAddressHeader(header: string, max = ADDRESSES_MAX): AddressHeader {
  const result: AddressHeader = { addresses: [], unusable: [], cut: false, fabricated: false };
  collect(header, max, result);
  if (result.addresses.length === 0 && header.includes("=?")) {
    const decoded = decodeWords(header);
    if (/<[^<>@]{1,100}@[^<>@]{1,253}>/.test(decoded)) {
      result.unusable = [];
      collect(decoded, max, result);
      result.fabricated = result.addresses.length > 0;
    }
  }
  return result;
}

function collect(header: string, max: number, result: AddressHeader): void {
  let carried = "";
  for (const mailbox of splitMailboxes(header)) {
    const part = cut(mailbox.name, NAME_LENGTH_MAX);
    const joined = carried === "" ? part : `${carried}, ${part}`;
    if (mailbox.angles.length === 0 && !mailbox.name.includes("@")) {
      carried = cut(joined, NAME_LENGTH_MAX);
      continue;
    }
    const isBracketed = mailbox.angles.some((angle) => angle.includes("@"));
    const bare = !isBracketed && mailbox.name.includes("@");
    if (bare && carried !== "") noteUnusable(result, carried);
    // `<Jo Doe> jo@example.com`: the brackets are around the name.
    const name = bare ? [...mailbox.angles, part].join(" ") : joined;
    carried = "";
    for (const candidate of bare ? wordsWithAt(mailbox.name, max) : mailbox.angles) {
      if (result.addresses.length >= max) {
        result.cut = true;
        return;
      }
      const shown = bare ? nameWithout(name, candidate) : name;
      const address = toMailAddress(decodeWords(shown), candidate);
      if (address === null) noteUnusable(result, candidate);
      else result.addresses.push(address);
    }
  }
  if (carried !== "") noteUnusable(result, carried);
}

/** The words beside an address that has no brackets of the right kind. */
function nameWithout(name: string, address: string): string {
  const rest = name.replace(address, " ");
  return rest.replace(/[<>[\]]+/g, " ");
}

function noteUnusable(result: AddressHeader, text: string): void {
  if (result.unusable.length < UNUSABLE_MAX) result.unusable.push(oneLine(cut(text, 100)));
}

function wordsWithAt(text: string, max: number): string[] {
  // `jo @ example.com`: white space round the @ is allowed by RFC 5322 §4.4.
  const joined = text.replace(/[ \t]+/g, " ").replace(/ ?@ ?/g, "@");
  return joined
    .split(/[\s()<>]+/)
    .filter((word) => word.includes("@"))
    .map((word) => word.replace(/^\[(.*)\]$/, "$1"))
    .slice(0, max + 1);
}

/** Cuts a header at the commas and semicolons that separate mailboxes; drops group names. */
function splitMailboxes(header: string): Mailbox[] {
  const mailboxes: Mailbox[] = [];
  let current: Mailbox = { name: "", angles: [] };
  // What was opened once and never closed is not looked for again: that would be quadratic.
  let quotes = true;
  let comments = true;
  let hasAt = false;
  // A colon names a group only where a semicolon ends it; else it is part of a name.
  const lastSemicolon = header.lastIndexOf(";");
  const finish = () => {
    current.name = current.name.trim();
    if (current.name !== "" || current.angles.length > 0) mailboxes.push(current);
    current = { name: "", angles: [] };
    hasAt = false;
  };
  for (let i = 0; i < header.length; ) {
    const character = header.charAt(i);
    if (character === "<") {
      const angle = readAngle(header, i);
      if (angle.text !== "") current.angles.push(angle.text);
      i = angle.next;
      continue;
    }
    const quoted = quotes && character === '"' ? readQuoted(header, i) : null;
    const comment = comments && character === "(" ? readComment(header, i) : null;
    const enclosed = quoted ?? comment;
    if (enclosed !== null) {
      // A quoted local part of an address without brackets keeps its quotes.
      const isLocalPart = quoted !== null && header.charAt(quoted.next) === "@";
      current.name += isLocalPart ? `"${enclosed.text}"` : ` ${enclosed.text} `;
      i = enclosed.next;
      continue;
    }
    if (character === '"') quotes = false;
    else if (character === "(") comments = false;
    else if (character === "," || character === ";") finish();
    else if (character === ":" && i < lastSemicolon && !hasAt && current.angles.length === 0)
      current.name = "";
    else current.name += character;
    hasAt ||= character === "@";
    i++;
  }
  finish();
  return mailboxes;
}

type Enclosed = { text: string; next: number };

function readQuoted(header: string, start: number): Enclosed | null {
  let text = "";
  for (let i = start + 1; i < header.length; i++) {
    const character = header.charAt(i);
    if (character === '"') return { text, next: i + 1 };
    if (character === "\\") i++;
    text += character === "\\" ? header.charAt(i) : character;
  }
  return null;
}

function readComment(header: string, start: number): Enclosed | null {
  let depth = 0;
  for (let i = start; i < header.length; i++) {
    const character = header.charAt(i);
    if (character === "\\") i++;
    else if (character === "(" && depth < COMMENT_DEPTH_MAX) depth++;
    else if (character === ")" && --depth === 0) {
      return { text: header.slice(start + 1, i), next: i + 1 };
    }
  }
  return null;
}

function readAngle(header: string, start: number): Enclosed {
  let hasAt = false;
  let from = start + 1;
  for (let i = start + 1; i < header.length; i++) {
    const character = header.charAt(i);
    if (character === ">")
      return { text: header.slice(from, i).trim(), next: afterBrackets(header, i) };
    hasAt ||= character === "@";
    // Brackets within brackets: the innermost hold the address.
    if (character === "<" && !hasAt) from = i + 1;
    // A bracket that is never closed ends where the next mailbox begins.
    if (hasAt && (character === "<" || character === "," || character === ";")) {
      const route = header.charAt(from) === "@" && character === ",";
      if (!route) return { text: header.slice(from, i).trim(), next: i };
    }
  }
  return { text: header.slice(from).trim(), next: header.length };
}

function afterBrackets(header: string, close: number): number {
  let next = close + 1;
  while (header.charAt(next) === ">") next++;
  return next;
}
