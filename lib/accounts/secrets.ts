import { env } from "../env";
import { seal, unseal } from "../secrets";

export type SecretField = "smtpPassword" | "imapPassword";

/** Seals a password of an account; the result opens only in that account's own field. */
export function sealPassword(accountId: string, field: SecretField, plain: string): string {
  return seal(env().APP_SECRET, placeOf(accountId, field), plain);
}

/** Opens what sealPassword() made. @throws AppError "unavailable" when APP_SECRET has changed. */
export function unsealPassword(accountId: string, field: SecretField, sealed: string): string {
  return unseal(env().APP_SECRET, placeOf(accountId, field), sealed);
}

function placeOf(accountId: string, field: SecretField): string {
  return `EmailAccount:${accountId}:${field}`;
}

/**
 * Google shows an app password as four groups of four letters; its servers want the sixteen
 * letters. Any other password keeps its spaces.
 */
export function tidyPassword(password: string, providerId: string | null): string {
  if (providerId !== "google") return password;
  const letters = password.replace(/\s/g, "");
  return /^[a-z]{16}$/i.test(letters) ? letters : password;
}
