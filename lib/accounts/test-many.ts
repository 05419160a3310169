import { db } from "../db/client";
import { env } from "../env";
import { AppError, messageOf } from "../errors";
import { RATE_LIMITS, takeTry } from "../rate-limit";
import { type ProbeResult, probeImap, probeSmtp } from "../transport/probe";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin } from "./admin";
import { type AccountServers, imapServerOf, SERVER_COLUMNS, smtpServerOf } from "./servers";

/** Accounts tested in one call, side by side. */
export const TESTED_MAX = 10;

/** What the tests of one account came to: null is well, else the cause in plain words. */
export type TestedAccount = {
  id: string;
  email: string;
  smtp: string | null;
  imap: string | null;
};

/**
 * Tests sending and reading of stored accounts, as after an import. An account without an IMAP server
 * is tested for sending only. Takes half a minute at most.
 * @param ids at most TESTED_MAX; the others are left out, and those that are gone
 * @throws AppError "forbidden"; "unavailable" after 120 calls of one admin within a minute.
 */
export async function testAccounts(
  actor: AccountActor,
  ids: readonly string[],
): Promise<TestedAccount[]> {
  assertAdmin(actor);
  if (actor.id !== null && (await takeTry(RATE_LIMITS.testAccounts, actor.id)) > 0)
    throw new AppError("unavailable", "Too many tests. Try again in a minute.");
  const accounts = await db().prisma.emailAccount.findMany({
    where: { id: { in: ids.filter(isUuid).slice(0, TESTED_MAX) } },
    select: { ...SERVER_COLUMNS, folder: true },
    orderBy: { email: "asc" },
  });
  return Promise.all(accounts.map(testOne));
}

async function testOne(account: AccountServers & { folder: string }): Promise<TestedAccount> {
  const options = { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS };
  const [smtp, imap] = await Promise.all([
    causeOf(() => probeSmtp(smtpServerOf(account), options)),
    account.imapHost === null
      ? null
      : causeOf(() => probeImap(imapServerOf(account), { ...options, folder: account.folder })),
  ]);
  return { id: account.id, email: account.email, smtp, imap };
}

/** A password that can't be opened is the result of one account, not the end of the others' tests. */
async function causeOf(test: () => Promise<ProbeResult>): Promise<string | null> {
  try {
    return (await test()).failure?.cause ?? null;
  } catch (error) {
    if (error instanceof AppError) return messageOf(error);
    throw error;
  }
}
