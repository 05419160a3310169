import { createHmac, timingSafeEqual } from "node:crypto";
import { addressKey, isSendableAddress } from "./address";

/** 80 bits, too many to guess by mail, as 16 characters: digits and a to v (RFC 4648 §7). */
const SIGNATURE_BYTES = 10;
const SIGNATURE_LENGTH = 16;

/** The highest ticket number there can be. */
const NUMBER_MAX = 2_147_483_647;

const LENGTH_MAX = 254;
const PLUS_ADDRESS = /^(.{1,62})\+t([1-9]\d{0,9})\.([0-9a-v]{16})@([^@]+)$/;

/** Characters before the @ of an account whose tickets can all have such an address. */
export const PLUS_ADDRESS_LOCAL_MAX =
  64 - "+t".length - String(NUMBER_MAX).length - ".".length - SIGNATURE_LENGTH;

/**
 * The address by which an answer finds its ticket without References: `local+t42.signature@domain`
 * (subaddressing, RFC 5233 §1). The signature is an HMAC-SHA-256 over the account's address and the
 * ticket's number, cut to 80 bits, in lower case: some servers fold it.
 * @returns null when nothing could be sent there: its local part would be longer than 64 characters
 * (RFC 5321 §4.5.3.1.1), or the account's address can't be used itself.
 */
export function plusAddress(email: string, number: number, key: Uint8Array): string | null {
  const at = email.lastIndexOf("@");
  const tag = `+t${number}.${signatureOf(email, number, key)}`;
  const address = `${email.slice(0, at)}${tag}${email.slice(at)}`;
  return isSendableAddress(address) ? address : null;
}

/** Whether plusAddress() has an answer for every ticket of this account. */
export function fitsPlusAddress(email: string): boolean {
  return plusAddress(email, NUMBER_MAX, new Uint8Array(0)) !== null;
}

/**
 * The number of the ticket that an address of plusAddress() names; null for any other address, that
 * of another account, and a signature that none of the keys made. In any case of letters.
 */
export function readPlusAddress(
  address: string,
  accountEmail: string,
  keys: readonly Uint8Array[],
): number | null {
  const claim = partsOf(address);
  if (!claim || claim.account !== addressKey(accountEmail)) return null;
  const given = Buffer.from(claim.signature);
  const isOurs = keys.some((key) =>
    timingSafeEqual(given, Buffer.from(signatureOf(accountEmail, claim.number, key))),
  );
  return isOurs ? claim.number : null;
}

/**
 * The account, in the form of addressKey(), that an address built like plusAddress()'s belongs to;
 * null for any other. Says nothing about the signature.
 */
export function accountOfPlusAddress(address: string): string | null {
  return partsOf(address)?.account ?? null;
}

function partsOf(address: string): { account: string; number: number; signature: string } | null {
  if (address.length > LENGTH_MAX) return null;
  // An account's own address may hold a "+": the last one is ours.
  const [, local, number, signature, domain] = PLUS_ADDRESS.exec(addressKey(address)) ?? [];
  if (local === undefined || signature === undefined) return null;
  return { account: `${local}@${domain}`, number: Number(number), signature };
}

function signatureOf(email: string, number: number, key: Uint8Array): string {
  const mac = createHmac("sha256", key)
    .update(`${addressKey(email)}\n${number}`)
    .digest("hex");
  const bits = BigInt(`0x${mac.slice(0, SIGNATURE_BYTES * 2)}`);
  return bits.toString(32).padStart(SIGNATURE_LENGTH, "0");
}
