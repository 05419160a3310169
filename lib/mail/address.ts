import { domainToASCII } from "node:url";
import type { MailAddress } from "./mail";
import { cut, oneLine, withoutTrickery } from "./text";

const NAME_LENGTH_MAX = 200;
const ADDRESS_LENGTH_MAX = 254;
const LOCAL_LENGTH_MAX = 64;
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const DOMAIN_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const TIDY_ADDRESS = /^[\w.+-]{1,100}@[a-z0-9.-]{0,100}[a-z0-9]$/i;
/** Addresses that are their own key, as most are. */
const USUAL_KEY = /^[a-z0-9._+-]+@[a-z0-9.-]*[a-z0-9]$/;
const UNREAD =
  /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?)(?:[-_.+=][^@]*)?@/i;
const ADDRESS_IN_NAME = /[^\s@<>"'(),;:[\]]{1,64}@[^\s@<>"'(),;:[\]]{1,253}/;

/**
 * Whether we may put this address into an outgoing mail: ASCII, one `@`, a dot-atom local part of
 * at most 64 characters, a domain of at least two labels, at most 254 in all. Stricter than RFC 5321
 * on purpose: quoted local parts, comments and address literals are how recipients get redirected.
 */
export function isSendableAddress(address: string): boolean {
  if (address.length > ADDRESS_LENGTH_MAX) return false;
  const parts = address.split("@");
  const [local = "", domain = ""] = parts;
  if (parts.length !== 2 || local.length > LOCAL_LENGTH_MAX || !LOCAL_PART.test(local))
    return false;
  const labels = domain.toLowerCase().split(".");
  if (labels.length < 2 || !labels.every((label) => DOMAIN_LABEL.test(label))) return false;
  return !/^\d+$/.test(labels.at(-1) ?? "");
}

/**
 * The form addresses are compared in: trimmed, lower case, IDN domain in its ASCII form, no dot at
 * the end. Look-alike characters are not folded into ASCII, so `ｂoss@…` never equals `boss@…`.
 */
export function addressKey(address: string): string {
  if (USUAL_KEY.test(address)) return address;
  const trimmed = address.trim().normalize("NFC");
  const at = trimmed.lastIndexOf("@");
  if (at === -1) return trimmed.toLowerCase();
  return `${trimmed.slice(0, at).toLowerCase()}@${asciiDomain(trimmed.slice(at + 1))}`;
}

/** The domain of an address, lower case and ASCII; "" when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at === -1 ? "" : asciiDomain(address.slice(at + 1).trim());
}

/** Whether nobody reads mail to this address, by its name: noreply@, mailer-daemon@ and their like. */
export function isUnread(address: string): boolean {
  return UNREAD.test(address);
}

/**
 * A display name fit to show: one line, no quotes around it, no reversed or invisible characters,
 * at most 200 characters.
 */
export function cleanDisplayName(name: string): string {
  const flat = oneLine(withoutTrickery(cut(name, NAME_LENGTH_MAX * 8)));
  const unquoted = flat.replace(/^(['"])(.*)\1$/, "$2").trim();
  return cut(unquoted, NAME_LENGTH_MAX).trim();
}

/** Whether the name shows an address that is not the address it belongs to. */
export function displaysAsAnotherAddress(name: string, address: string): boolean {
  const shown = ADDRESS_IN_NAME.exec(cut(name, NAME_LENGTH_MAX).normalize("NFKC"))?.[0];
  return shown !== undefined && addressKey(shown) !== addressKey(address);
}

/**
 * Makes a mailbox of what a header gave, or null when it is no address a mail could come from: not
 * exactly one `@`, white space, quotes or brackets in it, over 254 characters, or characters that
 * turn into ASCII under NFKC (`＠`, fullwidth letters: CVE-2026-73420 and its kind).
 */
export function toMailAddress(name: string, rawAddress: string): MailAddress | null {
  const address = tidyAddress(rawAddress);
  const at = address.indexOf("@");
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (at < 1 || domain === "" || address.length > ADDRESS_LENGTH_MAX) return null;
  if (/[\p{Cc}\p{Z}\p{Cf}"'`<>()[\],;:\\@]/u.test(local.replace(/['`]/g, ""))) return null;
  if (/[\p{Cc}\p{Z}\p{Cf}"'`<>(),;\\@=]/u.test(domain) || domain.includes("..")) return null;
  if (local.includes("=?") || address.normalize("NFKC") !== address) return null;
  const host = asciiDomain(domain);
  if (host === "") return null;
  const mailbox = `${local}@${host}`;
  const shown = cleanDisplayName(name);
  return { name: addressKey(shown) === addressKey(mailbox) ? "" : shown, address: mailbox };
}

function tidyAddress(raw: string): string {
  if (TIDY_ADDRESS.test(raw)) return raw;
  let address = cut(raw, 2_000).normalize("NFC").trim();
  // RFC 5322 §4.4: a source route before the address, which nobody follows.
  if (address.startsWith("@")) address = address.slice(address.indexOf(":") + 1);
  address = address
    .replace(/^mailto:/i, "")
    .replace(/^'([^']*)'$/, "$1")
    .replace(/[ \t]*([@.])[ \t]*/g, "$1")
    .trim();
  const quoted = /^"([^"\\]*)"@(.*)$/.exec(address);
  const local = quoted?.[1];
  if (local !== undefined && LOCAL_PART.test(local)) address = `${local}@${quoted?.[2] ?? ""}`;
  while (address.endsWith(".")) address = address.slice(0, -1);
  return address;
}

function asciiDomain(domain: string): string {
  let host = domain.toLowerCase();
  while (host.endsWith(".")) host = host.slice(0, -1);
  if (!/[\u0080-\uffff]/.test(host)) return host;
  return host.normalize("NFKC") === host ? domainToASCII(host) || host : host;
}
