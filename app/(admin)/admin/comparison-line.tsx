import { CircleCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { RelativeTime } from "@/app/ui/relative-time";
import type { AccountComparison, Comparison } from "@/lib/accounts/comparison";
import { CompareButton } from "./compare-button";

const format = new Intl.NumberFormat("en-US");

/** What the server has and what we hold of it, when that was compared, and why it differs. */
export function ComparisonLine({ account }: { account: AccountComparison }) {
  const { comparison, canCompare, error } = account;
  if (!comparison && !canCompare) return null;
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-sm/5 text-ink-2">
      {comparison ? <Figures accountId={account.id} comparison={comparison} /> : <NotYet />}
      {canCompare && <CompareButton id={account.id} email={account.email} />}
      {comparison && comparison.why.length > 0 && (
        <p className="basis-full text-ink-3">{sentence(comparison.why)}</p>
      )}
      {error && (
        <p className="basis-full text-amber">
          The last comparison came to nothing: {error} It is tried again within an hour.
        </p>
      )}
    </div>
  );
}

function Figures({ accountId, comparison }: { accountId: string; comparison: Comparison }) {
  const { at, server, held, quarantined, isWhole } = comparison;
  const Icon = isWhole ? CircleCheck : TriangleAlert;
  return (
    <p className="flex flex-wrap items-baseline gap-x-1.5">
      <Icon aria-hidden className={`icon self-center ${isWhole ? "text-green" : "text-amber"}`} />
      <span>
        server {format.format(server)} · held {format.format(held)} ·{" "}
        {quarantined > 0 ? (
          <Link className="link" href={paths.mail({ status: "QUARANTINED", account: accountId })}>
            quarantined {format.format(quarantined)}
          </Link>
        ) : (
          "quarantined 0"
        )}
      </span>
      <span className="text-ink-3">
        compared <RelativeTime date={at} />
      </span>
    </p>
  );
}

function NotYet() {
  return <p>Not compared with the server yet; the first poll does it.</p>;
}

function sentence(parts: string[]): string {
  return `${parts.join(". ")}.`;
}
