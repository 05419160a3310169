import { Search } from "lucide-react";
import { paths } from "@/app/paths";
import { Button, LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { ACCOUNTS_PER_PAGE, type AccountsQuery } from "./account-query";

/** Finds an account among many; nothing while one page holds them all. */
export function AccountSearch({ q, count }: { q: string; count: number }) {
  if (count <= ACCOUNTS_PER_PAGE) return null;
  return (
    <search className="gutter block border-b border-rule py-3">
      <form action={paths.emailAccounts} className="flex max-w-[600px] gap-2">
        <label className="sr-only" htmlFor="account-search">
          Find an account by its address or name
        </label>
        <input
          id="account-search"
          type="search"
          name="q"
          defaultValue={q}
          placeholder={`Find one of ${count} accounts`}
          className="min-h-9 w-full rounded-control border border-edge bg-sheet px-2.5 text-base max-md:min-h-11 max-md:text-lg"
        />
        <Button type="submit" icon={<Search aria-hidden className="icon" />}>
          Find
        </Button>
      </form>
    </search>
  );
}

/** Where a search finds nothing. */
export function NoAccounts({ q }: { q: string }) {
  return (
    <EmptyState
      title={`No account’s address or name holds “${q}”.`}
      action={<LinkButton href={paths.emailAccounts}>Clear search</LinkButton>}
    />
  );
}

/** The other pages; nothing while there is one. */
export function AccountPages({ q, page, pages }: AccountsQuery & { pages: number }) {
  if (pages === 1 && page === 1) return null;
  const to = (number: number) => `${paths.emailAccounts}${query(q, number)}`;
  return (
    <nav aria-label="Pages" className="gutter flex items-center justify-end gap-2 py-3 text-sm">
      <span className="mr-auto text-ink-2">{`Page ${page} of ${pages}`}</span>
      {page > 1 && (
        <LinkButton size="small" href={to(Math.min(page - 1, pages))} prefetch={false}>
          Previous
        </LinkButton>
      )}
      {page < pages && (
        <LinkButton size="small" href={to(page + 1)} prefetch={false}>
          Next
        </LinkButton>
      )}
    </nav>
  );
}

function query(q: string, page: number): string {
  const params = new URLSearchParams({ ...(q ? { q } : {}), page: String(page) });
  return `?${params}`;
}
