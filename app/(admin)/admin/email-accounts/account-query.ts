/** Accounts on one page; below that there is nothing to look for. */
export const ACCOUNTS_PER_PAGE = 50;

export type AccountsQuery = { q: string; page: number };

/** What the address asks for; anything else than a page's number is the first one. */
export function accountsQuery(params: Record<string, string | string[] | undefined>) {
  const { q, page } = params;
  const number = typeof page === "string" && /^\d{1,4}$/.test(page) ? Number(page) : 1;
  return { q: typeof q === "string" ? q.trim().slice(0, 254) : "", page: Math.max(1, number) };
}

/** The accounts of one page, of those whose address or name holds the words. */
export function pageOf<Account extends { email: string; name: string }>(
  accounts: readonly Account[],
  { q, page }: AccountsQuery,
): { shown: Account[]; pages: number; found: number } {
  const words = q.toLowerCase();
  const found = accounts.filter(({ email, name }) =>
    `${email} ${name}`.toLowerCase().includes(words),
  );
  const pages = Math.max(1, Math.ceil(found.length / ACCOUNTS_PER_PAGE));
  return {
    shown: found.slice((page - 1) * ACCOUNTS_PER_PAGE, page * ACCOUNTS_PER_PAGE),
    pages,
    found: found.length,
  };
}
