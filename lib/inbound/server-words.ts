import { imapServerOf, SERVER_COLUMNS } from "../accounts/servers";
import { db } from "../db/client";
import { oneLine } from "../log";
import { GrantTokens } from "../oauth/tokens";

const WORDS_MAX = 300;

/**
 * The server's own words about a failure, as the account keeps them for its admin: one line, at most
 * 300 characters, the password or token left out should the server repeat it. Null when it said nothing.
 */
export async function wordsToKeep(accountId: string, words: string | null): Promise<string | null> {
  if (!words) return null;
  const account = await db().prisma.emailAccount.findUnique({
    where: { id: accountId },
    select: SERVER_COLUMNS,
  });
  if (!account) return null;
  const { username, password } = imapServerOf(account);
  const token = account.grantId === null ? "" : await new GrantTokens(account.grantId).peek();
  return maskWords(words, { username, password: token || password });
}

/** Leaves out a password or token, as it is and as AUTH PLAIN and LOGIN write it (RFC 4616). */
export function maskWords(
  words: string,
  { username, password }: { username: string; password: string },
): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const secrets = [base64(`\0${username}\0${password}`), base64(password), password];
  const masked = secrets
    .filter((secret) => secret !== "")
    .reduce((text, secret) => text.replaceAll(secret, "…"), words);
  return oneLine(masked).trim().slice(0, WORDS_MAX);
}
