import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import { PERIODS, type ReportQuery } from "@/lib/reports/range";
import type { reportChoices } from "@/lib/reports/report";

/** Which days and whose tickets: a form that works by itself. */
export function ReportFilter({
  query,
  choices,
}: {
  query: ReportQuery;
  choices: Awaited<ReturnType<typeof reportChoices>>;
}) {
  return (
    <form
      action={paths.reports()}
      className="gutter grid items-end gap-3 border-b border-rule py-3.5 sm:grid-cols-2 lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]"
    >
      <SelectField
        label="Period"
        name="days"
        defaultValue={query.days === null ? "own" : String(query.days)}
        options={[
          ...PERIODS.map((days) => ({ value: String(days), label: `Last ${days} days` })),
          { value: "own", label: "From … to …" },
        ]}
      />
      <TextField label="From" name="from" type="date" defaultValue={query.from} />
      <TextField label="To" name="until" type="date" defaultValue={query.until} />
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
      <SubmitButton variant="default" busy="Reading…">
        Show
      </SubmitButton>
    </form>
  );
}

const asOption = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
