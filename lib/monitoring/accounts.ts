import {
  type AccountComparison,
  COMPARISON_COLUMNS,
  comparisonOf,
  quarantinedByAccount,
} from "../accounts/comparison";
import { type AccountHealth, accountHealth, HEALTH_COLUMNS, liveWorkers } from "../accounts/health";
import { databaseNow } from "../accounts/lock";
import { NO_POLLS, type PollStrip, pollStrips } from "../accounts/poll-history";
import { db } from "../db/client";
import { AppError } from "../errors";
import type { OAuthProvider } from "../oauth/providers";
import { isUuid } from "../uuid";

/** An account as the monitoring pages show it. */
export type MonitoredAccount = {
  id: string;
  email: string;
  health: AccountHealth;
  lastPolledAt: Date | null;
  nextPollAt: Date;
  failingSince: Date | null;
  consecutiveFailures: number;
  day: PollStrip;
  week: PollStrip;
  comparison: AccountComparison;
  /** The provider where somebody can sign in again, should the sign-in end; null for all else. */
  reconnectAt: OAuthProvider | null;
};

export type MonitoringPage = {
  accounts: MonitoredAccount[];
  page: number;
  pages: number;
  total: number;
  hasWorker: boolean;
  now: Date;
};

export const ACCOUNTS_PER_PAGE = 25;

const COLUMNS = {
  ...{ id: true, email: true, nextPollAt: true, grant: { select: { kind: true } } },
  ...HEALTH_COLUMNS,
  ...COMPARISON_COLUMNS,
} as const;

/**
 * A page of accounts with their polls of a day and a week: those in trouble first, then those that
 * are polled, by address. A page that is not there is the last one.
 */
export async function monitoredAccounts(wanted: number): Promise<MonitoringPage> {
  const total = await db().prisma.emailAccount.count();
  const pages = Math.max(1, Math.ceil(total / ACCOUNTS_PER_PAGE));
  const page = Math.min(Math.max(1, Math.trunc(wanted) || 1), pages);
  const ids = await db().prisma.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "EmailAccount" ORDER BY ("isActive" AND "pollingEnabled" AND "failingSince" IS NOT NULL) DESC,
      ("isActive" AND "pollingEnabled") DESC, "email"
    LIMIT ${ACCOUNTS_PER_PAGE} OFFSET ${(page - 1) * ACCOUNTS_PER_PAGE}`;
  const now = await databaseNow();
  return {
    ...{ page, pages, total, now },
    ...(await read(
      ids.map(({ id }) => id),
      now,
    )),
  };
}

/** One account. @throws AppError "not-found". */
export async function monitoredAccount(
  id: string,
): Promise<{ account: MonitoredAccount; hasWorker: boolean; now: Date }> {
  const now = await databaseNow();
  const { accounts, hasWorker } = await read(isUuid(id) ? [id] : [], now);
  const [account] = accounts;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  return { account, hasWorker, now };
}

async function read(
  ids: string[],
  now: Date,
): Promise<{ accounts: MonitoredAccount[]; hasWorker: boolean }> {
  const [accounts, workers, days, weeks, quarantined] = await Promise.all([
    db().prisma.emailAccount.findMany({ where: { id: { in: ids } }, select: COLUMNS }),
    liveWorkers(),
    pollStrips(ids, "day", now),
    pollStrips(ids, "week", now),
    quarantinedByAccount(),
  ]);
  const shown = accounts
    .sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id))
    .map((account) => ({
      ...{ id: account.id, email: account.email },
      health: accountHealth(account, now, workers),
      ...{ lastPolledAt: account.lastPolledAt, nextPollAt: account.nextPollAt },
      ...{
        failingSince: account.failingSince,
        consecutiveFailures: account.consecutiveFailures,
      },
      day: days.get(account.id) ?? NO_POLLS,
      week: weeks.get(account.id) ?? NO_POLLS,
      comparison: {
        ...{ id: account.id, email: account.email, error: account.compareError },
        canCompare: account.isActive && account.pollingEnabled,
        comparison: comparisonOf(account, quarantined.get(account.id) ?? 0),
      },
      reconnectAt:
        account.provider === "SMTP" || account.grant?.kind === "app" ? null : account.provider,
    }));
  return { accounts: shown, hasWorker: workers.length > 0 };
}
