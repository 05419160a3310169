import { hash, verify } from "@node-rs/argon2";

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;

/** One form per password, however the keyboard composed its letters (NFKC). */
const normal = (password: string) => password.normalize("NFKC");

/** What is wrong with a new password, or null. Length only: rules of composition make worse ones. */
export function passwordProblem(password: string): string | null {
  const length = [...normal(password)].length;
  if (length < PASSWORD_LENGTH_MIN)
    return `This password is too short: use at least ${PASSWORD_LENGTH_MIN} characters.`;
  if (length > PASSWORD_LENGTH_MAX)
    return `This password is too long: use at most ${PASSWORD_LENGTH_MAX} characters.`;
  return null;
}

/** argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), COST);
}

let decoy: Promise<string> | undefined;

/**
 * Compares a password. With no hash (an unknown user, or one without a password) the same work is
 * done on a decoy, so the time taken says nothing about who exists.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  decoy ??= hashPassword("nobody signs in with this");
  const text = password.length > PASSWORD_LENGTH_MAX * 4 ? "" : normal(password);
  const matches = await verify(stored ?? (await decoy), text).catch(() => false);
  return stored !== null && matches;
}
