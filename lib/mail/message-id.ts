import { createHash, randomBytes } from "node:crypto";
import { wellFormed } from "./text";

const ID_LENGTH_MAX = 998;
const KEY_LENGTH_MAX = 200;

/**
 * A new Message-ID without brackets: 128 random bits, so that a stranger cannot guess one of
 * ours and join a ticket by it. `domain` is the domain of the sending account.
 */
export function mintMessageId(domain: string): string {
  const host = domain.trim().toLowerCase();
  const sane = host.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host);
  return `${randomBytes(16).toString("hex")}.mailroom@${sane ? host : "mailroom.invalid"}`;
}

/**
 * The form ids are compared in: no brackets, no white space, lower case (clients change the case
 * of ids they quote). Over 200 characters it becomes `sha256:<hex>`, so it always fits an index.
 */
export function messageIdKey(id: string): string {
  const key = id
    .trim()
    .replace(/^<+/, "")
    .replace(/>+$/, "")
    .replace(/[\p{Cc}\p{Z}]+/gu, "")
    .toLowerCase();
  if (key.length <= KEY_LENGTH_MAX) return key;
  return `sha256:${createHash("sha256").update(key, "utf8").digest("hex")}`;
}

/**
 * The ids in a References, In-Reply-To or Message-ID value, in order, without brackets
 * (RFC 5322 §3.6.4). Tolerates words between ids, a missing `<` or `>`, commas, and folding inside
 * an id. When anything stands in brackets only that counts: old clients add "message of … from
 * joe@example.com" around it. An id has at most 998 characters.
 */
export function parseMessageIds(header: string): string[] {
  const bracketed = header.includes("<") ? bracketedIds(header) : [];
  if (bracketed.length > 0) return bracketed;
  return header
    .split(/[\s,;<>"]+/)
    .filter((word) => word.includes("@"))
    .map(cleanId)
    .filter((id) => id !== "");
}

/** The id of a Message-ID header, or null. Takes an id without `@` too: some senders make those. */
export function parseMessageId(header: string): string | null {
  const first = parseMessageIds(header)[0];
  if (first !== undefined) return first;
  const bare = cleanId(header.replace(/[<>]/g, ""));
  return bare === "" ? null : bare;
}

function bracketedIds(header: string): string[] {
  const ids: string[] = [];
  let start = header.indexOf("<");
  while (start !== -1) {
    const next = header.indexOf("<", start + 1);
    const limit = next === -1 ? header.length : next;
    const close = header.indexOf(">", start);
    const end = close === -1 || close > limit ? limit : close;
    const id = cleanId(header.slice(start + 1, end));
    if (id !== "") ids.push(id);
    start = next;
  }
  return ids;
}

function cleanId(raw: string): string {
  const id = wellFormed(raw.replace(/[\p{Cc}\p{Z}]+/gu, ""));
  return id.slice(0, ID_LENGTH_MAX);
}
