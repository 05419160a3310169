import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "./errors";

const VERSION = "v1";

type Key = { id: string; bytes: Buffer };

/** A key for one purpose, out of the root secret (RFC 5869). Never use one key for two purposes. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "mailroom", purpose, 32));
}

/** The keys that were derived last for each purpose, and out of what. */
const derived = new Map<string, { appSecret: string; keys: Key[] }>();

/** A key for one purpose out of each secret in APP_SECRET, newest first: see deriveKey(). */
export function deriveKeys(appSecret: string, purpose: string): Buffer[] {
  return keysOf(appSecret, purpose).map(({ bytes }) => bytes);
}

/** Derived once: it takes longer than what is done with them, for each mail that leaves. */
function keysOf(appSecret: string, purpose: string): Key[] {
  const known = derived.get(purpose);
  if (known?.appSecret === appSecret) return known.keys;
  const secrets = appSecret.split(",").map((part) => part.trim());
  const keys = secrets.filter(Boolean).map((secret) => {
    const bytes = deriveKey(secret, purpose);
    return { bytes, id: createHash("sha256").update(bytes).digest("hex").slice(0, 8) };
  });
  derived.set(purpose, { appSecret, keys });
  return keys;
}

/**
 * Seals a secret for storage: AES-256-GCM under a key derived from APP_SECRET, bound to `place`
 * (table, row and field), so a sealed value moved to another row does not open.
 * @returns `v1:keyId:iv:tag:ciphertext`, base64url.
 */
export function seal(appSecret: string, place: string, plain: string): string {
  const key = keysOf(appSecret, "sealed-fields")[0];
  if (!key)
    throw new AppError("unavailable", "APP_SECRET is not set, so passwords can't be stored.");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv);
  cipher.setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return [
    VERSION,
    key.id,
    ...[iv, cipher.getAuthTag(), sealed].map((b) => b.toString("base64url")),
  ].join(":");
}

/**
 * Opens what seal() made at the same place.
 * @throws AppError "unavailable" when the key is not among APP_SECRET's, or the value was moved or changed.
 */
export function unseal(appSecret: string, place: string, sealed: string): string {
  const [version, keyId, iv, tag, text] = sealed.split(":");
  const key = keysOf(appSecret, "sealed-fields").find((candidate) => candidate.id === keyId);
  if (version !== VERSION || !iv || !tag || text === undefined || !key)
    throw new AppError(
      "unavailable",
      "A stored password can't be opened: APP_SECRET has changed. Restore it, or enter the password again.",
    );
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(iv, "base64url"));
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([
      decipher.update(Buffer.from(text, "base64url")),
      decipher.final(),
    ]).toString("utf8");
  } catch {
    throw new AppError(
      "unavailable",
      `A stored password is damaged or stands in the wrong row (${place}).`,
    );
  }
}
