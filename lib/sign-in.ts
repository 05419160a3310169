import { db } from "./db/client";
import { addressKey } from "./mail/address";
import { verifyPassword } from "./passwords";
import { forgetTries, giveBackTry, RATE_LIMITS, takeTry } from "./rate-limit";

/** The one sentence for a wrong address, a wrong password and a deactivated user alike. */
export const WRONG_SIGN_IN = "Wrong email address or password.";

export type SignInResult = { ok: true; userId: string } | { ok: false; message: string };

/**
 * Checks an address and a password. Tries are limited per address and network address together, per
 * address, and per network address; refusals by limit come before any password work.
 */
export async function checkSignIn(input: {
  email: string;
  password: string;
  ip: string;
}): Promise<SignInResult> {
  const email = addressKey(input.email);
  const pair = `${input.ip} ${email}`;
  const waits = await Promise.all([
    takeTry(RATE_LIMITS.signInPair, pair),
    takeTry(RATE_LIMITS.signInAccount, email),
    takeTry(RATE_LIMITS.signInIp, input.ip),
  ]);
  const waitMs = Math.max(...waits);
  if (waitMs > 0) return { ok: false, message: tooMany(waitMs) };

  // A NUL byte is no part of any address, and Postgres refuses it.
  const user = email.includes("\0")
    ? null
    : await db().prisma.user.findUnique({
        where: { email },
        select: { id: true, passwordHash: true, isActive: true },
      });
  const matches = await verifyPassword(input.password, user?.passwordHash ?? null);
  if (!user || !matches || !user.isActive) return { ok: false, message: WRONG_SIGN_IN };
  await Promise.all([
    forgetTries(RATE_LIMITS.signInPair, pair),
    forgetTries(RATE_LIMITS.signInAccount, email),
    giveBackTry(RATE_LIMITS.signInIp, input.ip),
  ]);
  return { ok: true, userId: user.id };
}

/** "Too many tries", with the time to wait. */
export function tooMany(waitMs: number): string {
  const minutes = Math.ceil(waitMs / 60_000);
  return `Too many tries. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}
