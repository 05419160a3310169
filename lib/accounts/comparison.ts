import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";

/** The last comparison of an account's folder with what we hold of it. */
export type Comparison = {
  at: Date;
  server: number;
  held: number;
  quarantined: number;
  /** Why the figures differ, or what was done about it; empty when there is nothing to say. */
  why: string[];
  /** Everything that should be held is. */
  isWhole: boolean;
};

export type AccountComparison = {
  id: string;
  email: string;
  canCompare: boolean;
  comparison: Comparison | null;
  /** Why the last try to compare came to nothing. */
  error: string | null;
};

export const COMPARISON_COLUMNS = {
  reconciledAt: true,
  serverMails: true,
  heldMails: true,
  leftOutMails: true,
  goneMails: true,
  fetchedMails: true,
  missingMails: true,
  compareError: true,
} as const;

type Columns = Pick<EmailAccount, keyof typeof COMPARISON_COLUMNS>;

/** The figures in words; null when nothing was ever compared. */
export function comparisonOf(account: Columns, quarantined: number): Comparison | null {
  if (!account.reconciledAt) return null;
  const leftOut = account.leftOutMails ?? 0;
  const fetched = account.fetchedMails ?? 0;
  const missing = account.missingMails ?? 0;
  const gone = account.goneMails ?? 0;
  const why = [
    leftOut > 0 && `${are(leftOut)} from before polling began and left out`,
    fetched > 0 && `${were(fetched)} missing here and fetched just then`,
    missing > 0 && `${are(missing)} missing here and fetched by the next polls`,
    gone > 0 && `${were(gone)} deleted or moved on the server since; we keep ours`,
  ];
  return {
    at: account.reconciledAt,
    server: account.serverMails ?? 0,
    held: account.heldMails ?? 0,
    quarantined,
    why: why.filter((words) => words !== false),
    isWhole: missing === 0,
  };
}

const format = new Intl.NumberFormat("en-US");
const are = (n: number) => `${format.format(n)} ${n === 1 ? "is" : "are"}`;
const were = (n: number) => `${format.format(n)} ${n === 1 ? "was" : "were"}`;

/** How many mails of each account are in quarantine now. */
export async function quarantinedByAccount(): Promise<Map<string, number>> {
  const groups = await db().prisma.inboundEmail.groupBy({
    by: ["accountId"],
    where: { status: "QUARANTINED", accountId: { not: null } },
    _count: { _all: true },
  });
  return new Map(groups.map((group) => [group.accountId ?? "", group._count._all]));
}

/** The accounts that are polled, with their last comparisons; null for all of them. */
export async function listComparisons(accountId: string | null): Promise<AccountComparison[]> {
  const [accounts, quarantined] = await Promise.all([
    db().prisma.emailAccount.findMany({
      where: {
        ...(accountId ? { id: accountId } : {}),
        OR: [{ isActive: true, pollingEnabled: true }, { reconciledAt: { not: null } }],
      },
      select: {
        id: true,
        email: true,
        isActive: true,
        pollingEnabled: true,
        ...COMPARISON_COLUMNS,
      },
      orderBy: { email: "asc" },
    }),
    quarantinedByAccount(),
  ]);
  return accounts.map((account) => ({
    id: account.id,
    email: account.email,
    canCompare: account.isActive && account.pollingEnabled,
    comparison: comparisonOf(account, quarantined.get(account.id) ?? 0),
    error: account.compareError,
  }));
}
