import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { env } from "../env";
import { mailFacts, NO_FACTS } from "./cause-facts";
import { type Cause, causesOf } from "./causes";
import {
  type AccountComparison,
  COMPARISON_COLUMNS,
  comparisonOf,
  quarantinedByAccount,
} from "./comparison";
import {
  type AccountHealth,
  accountHealth,
  globalPolling,
  HEALTH_COLUMNS,
  liveWorkers,
} from "./health";
import { databaseNow } from "./lock";
import { NO_POLLS, type PollStrip, pollStrips } from "./poll-history";
import { sharedInboxes } from "./shared-inbox";

/** An account as the Email Accounts page shows it. Nothing sealed is in it, only whether there is. */
export type AccountRow = {
  id: string;
  email: string;
  name: string;
  isActive: boolean;
  isDefault: boolean;
  pollingEnabled: boolean;
  provider: EmailAccount["provider"];
  /** Whether it can sign in at all: by a password, or by somebody's sign-in. */
  hasPassword: boolean;
  /** Whether a person's sign-in at a provider can be done again. */
  canReconnect: boolean;
  imapHost: string | null;
  smtpHost: string;
  lastPolledAt: Date | null;
  nextPollAt: Date;
  failingSince: Date | null;
  consecutiveFailures: number;
  health: AccountHealth;
  polls: PollStrip;
  today: { mails: number; tickets: number };
  /** The server's own words of the last failure, secrets masked. */
  lastErrorSaid: string | null;
  causes: Cause[];
  comparison: AccountComparison;
};

export type AccountsPage = {
  accounts: AccountRow[];
  polling: { isEnabled: boolean; intervalSeconds: number };
  hasWorker: boolean;
  now: Date;
};

/** The columns a row is made of; the sealed passwords only to say whether there are any. */
const COLUMNS = {
  id: true,
  email: true,
  name: true,
  isDefault: true,
  smtpHost: true,
  smtpUsername: true,
  smtpPasswordSealed: true,
  imapHost: true,
  imapUsername: true,
  imapPasswordSealed: true,
  grant: { select: { kind: true } },
  folder: true,
  nextPollAt: true,
  lastErrorSaid: true,
  startMode: true,
  startFrom: true,
  ...HEALTH_COLUMNS,
  afterImportError: true,
  ...COMPARISON_COLUMNS,
} as const;

type Columns = Pick<EmailAccount, Exclude<keyof typeof COLUMNS, "grant">> & {
  grant: { kind: string } | null;
};

/** Everything the Email Accounts page shows, in a few queries however many accounts there are. */
export async function listAccounts(): Promise<AccountsPage> {
  const now = await databaseNow();
  const [accounts, workers, days, today, facts, quarantined] = await Promise.all([
    db().prisma.emailAccount.findMany({
      select: COLUMNS,
      orderBy: [{ isDefault: "desc" }, { email: "asc" }],
    }),
    liveWorkers(),
    pollStrips(null, "day", now),
    todaysMail(),
    mailFacts(),
    quarantinedByAccount(),
  ]);
  const shared = sharedInboxes(accounts);
  const hasWorker = workers.length > 0;
  const isOnHere = env().EMAIL_POLLING_ENABLED;
  return {
    accounts: accounts.map((account) => {
      const health = accountHealth(account, now, workers);
      const sharedWith = shared.get(account.id) ?? [];
      const mail = facts.get(account.id) ?? NO_FACTS;
      return {
        ...publicFields(account),
        comparison: {
          id: account.id,
          email: account.email,
          canCompare: account.isActive && account.pollingEnabled,
          comparison: comparisonOf(account, quarantined.get(account.id) ?? 0),
          error: account.compareError,
        },
        health,
        polls: days.get(account.id) ?? NO_POLLS,
        today: today.get(account.id) ?? { mails: 0, tickets: 0 },
        causes: causesOf({ account, health, hasWorker, isOnHere, sharedWith, ...mail }),
      };
    }),
    polling: globalPolling(workers),
    hasWorker,
    now,
  };
}

function publicFields(account: Columns) {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    isActive: account.isActive,
    isDefault: account.isDefault,
    pollingEnabled: account.pollingEnabled,
    provider: account.provider,
    hasPassword:
      (account.grant ?? account.smtpPasswordSealed ?? account.imapPasswordSealed) !== null,
    canReconnect: account.provider !== "SMTP" && account.grant?.kind !== "app",
    imapHost: account.imapHost,
    smtpHost: account.smtpHost,
    lastPolledAt: account.lastPolledAt,
    nextPollAt: account.nextPollAt,
    failingSince: account.failingSince,
    consecutiveFailures: account.consecutiveFailures,
    lastErrorSaid: account.lastErrorSaid,
  };
}

/** Mails that came in since midnight, in this machine's time zone, and the tickets they opened. */
async function todaysMail(): Promise<Map<string, { mails: number; tickets: number }>> {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const rows = await db().prisma.$queryRaw<{ id: string; mails: bigint; tickets: bigint }[]>`
    SELECT "accountId" AS "id", count(*) AS "mails",
      count(*) FILTER (WHERE "outcome" = 'ticket') AS "tickets"
    FROM "InboundEmail" WHERE "receivedAt" >= ${midnight} AND "accountId" IS NOT NULL
    GROUP BY "accountId"`;
  return new Map(
    rows.map((row) => [row.id, { mails: Number(row.mails), tickets: Number(row.tickets) }]),
  );
}
