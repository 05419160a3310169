import { db } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { unsealToken } from "../oauth/grants";
import { unsealPassword } from "./secrets";

/**
 * Refuses an APP_SECRET that is missing, or opens none of the stored mail passwords: with it every
 * account would only look broken. One that opens some of them will do; the other accounts say so
 * themselves. Changes nothing.
 * @throws AppError "unavailable".
 */
export async function requireRightSecret(): Promise<void> {
  if (!env().APP_SECRET)
    throw new AppError("unavailable", "APP_SECRET is empty, so no mail password can be opened.");
  const accounts = await db().prisma.emailAccount.findMany({
    select: { id: true, smtpPasswordSealed: true, imapPasswordSealed: true },
  });
  const grants = await db().prisma.oAuthGrant.findMany({
    where: { account: { isNot: null } },
    select: { id: true, accessTokenSealed: true },
  });
  const passwords = accounts.flatMap(
    ({ id, smtpPasswordSealed: smtp, imapPasswordSealed: imap }) => [
      ...(smtp ? [() => opens(() => unsealPassword(id, "smtpPassword", smtp))] : []),
      ...(imap ? [() => opens(() => unsealPassword(id, "imapPassword", imap))] : []),
    ],
  );
  const tokens = grants.map(
    ({ id, accessTokenSealed: sealed }) =>
      () =>
        opens(() => unsealToken(id, "accessToken", sealed)),
  );
  const stored = [...passwords, ...tokens];
  if (stored.length === 0 || stored.some((isOpened) => isOpened())) return;
  throw new AppError(
    "unavailable",
    "APP_SECRET opens none of the stored mail passwords: they were stored under another one. Set that one again. " +
      "If it is lost, run only the web process (npm run start:web), enter the passwords again under Admin Portal → Email Accounts, then start the worker.",
  );
}

function opens(unseal: () => string): boolean {
  try {
    unseal();
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
