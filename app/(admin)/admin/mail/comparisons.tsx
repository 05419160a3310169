import type { AccountComparison } from "@/lib/accounts/comparison";
import { ComparisonLine } from "../comparison-line";

/** With more accounts than these, those that hold everything are one line. */
const LINES_MAX = 5;

/** What each server has and what we hold of it. */
export function Comparisons({ accounts }: { accounts: AccountComparison[] }) {
  if (accounts.length === 0) return null;
  const isFolded = accounts.length > LINES_MAX;
  const shown = isFolded ? accounts.filter((account) => !isWhole(account)) : accounts;
  const whole = accounts.length - shown.length;
  return (
    <section aria-label="Compared with the servers" className="gutter border-b border-rule py-3">
      <ul className="flex flex-col gap-y-2">
        {shown.map((account) => (
          <li key={account.id}>
            {accounts.length > 1 && (
              <span className="block text-sm font-semibold [overflow-wrap:anywhere]">
                {account.email}
              </span>
            )}
            <ComparisonLine account={account} />
          </li>
        ))}
      </ul>
      {whole > 0 && (
        <p className="text-sm text-ink-2">
          {whole} {whole === 1 ? "account holds" : "accounts hold"} all the server has. Choose one
          above for its figures.
        </p>
      )}
    </section>
  );
}

function isWhole({ comparison, error }: AccountComparison): boolean {
  return comparison?.isWhole === true && error === null;
}
