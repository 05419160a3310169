import Link from "next/link";
import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import { SelectField, TextField } from "@/app/ui/field";
import { PERIODS, type ReportQuery, reportParams } from "@/lib/reports/range";
import type { reportChoices } from "@/lib/reports/report";

/** The usual periods, the current one marked. */
export function PeriodLinks({ query }: { query: ReportQuery }) {
  return (
    <nav
      aria-label="Period"
      className="inline-flex h-8 items-stretch gap-0.5 rounded-control border border-edge-soft p-0.5 max-md:h-11"
    >
      {PERIODS.map((days) => (
        <Link
          key={days}
          href={paths.reports(reportParams({ ...query, days }))}
          prefetch={false}
          aria-current={query.days === days ? "true" : undefined}
          className={classNames(
            "inline-flex items-center rounded-badge px-2 text-sm font-semibold whitespace-nowrap no-underline",
            query.days === days
              ? "bg-selected text-ink"
              : "text-ink-2 hover:bg-hover hover:text-ink",
          )}
        >
          {days} days
        </Link>
      ))}
    </nav>
  );
}

/** Which days and whose tickets: a form that works by itself. */
export function ReportFilter({
  query,
  today,
  choices,
}: {
  query: ReportQuery;
  today: string;
  choices: Awaited<ReturnType<typeof reportChoices>>;
}) {
  return (
    <form
      action={paths.reports()}
      className="gutter grid grid-cols-2 items-end gap-3 border-b border-rule py-3.5 lg:grid-cols-[repeat(4,minmax(0,1fr))_auto]"
    >
      <TextField label="From" name="from" type="date" max={today} defaultValue={query.from} />
      <TextField label="To" name="until" type="date" max={today} defaultValue={query.until} />
      <SelectField
        label="Account"
        name="account"
        defaultValue={query.account ?? ""}
        options={[{ value: "", label: "Any" }, ...choices.accounts.map(asOption)]}
      />
      <SelectField
        label="Agent"
        name="agent"
        defaultValue={query.agent ?? ""}
        options={[
          { value: "", label: "Anyone" },
          { value: "none", label: "Nobody" },
          ...choices.agents.map(asOption),
        ]}
      />
      <SubmitButton variant="default" busy="Reading…" className="max-lg:col-span-2">
        Show
      </SubmitButton>
    </form>
  );
}

const asOption = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
