import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { messageIdKey } from "./message-id";

/** 80 bits, as 20 hex digits: an id is lower case in whatever form it comes back. */
const SIGNATURE_LENGTH = 20;
const TEST_ID = /^test\.([0-9a-f]{32})\.([0-9a-f]{20})\.mailroom@/;

/**
 * A Message-ID, without brackets, by which a test mail is known for ours when it arrives, wherever it
 * was sent from and without a row that says so: 128 random bits and their HMAC-SHA-256, cut to 80.
 */
export function signTestMailId(domain: string, key: Uint8Array): string {
  const random = randomBytes(16).toString("hex");
  const host = /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/i.test(domain) ? domain : "mailroom.invalid";
  return `test.${random}.${signatureOf(random, key)}.mailroom@${host.toLowerCase()}`;
}

/** Whether signTestMailId() made this id with one of the keys; they are asked for when it may be. */
export function isSignedTestMailId(id: string, keys: () => readonly Uint8Array[]): boolean {
  const [, random, signature] = TEST_ID.exec(messageIdKey(id)) ?? [];
  if (random === undefined || signature === undefined) return false;
  const given = Buffer.from(signature);
  return keys().some((key) => timingSafeEqual(given, Buffer.from(signatureOf(random, key))));
}

function signatureOf(random: string, key: Uint8Array): string {
  const mac = createHmac("sha256", key).update(random).digest("hex");
  return mac.slice(0, SIGNATURE_LENGTH);
}
