import { SubmitButton } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import type { DryRun, DryRunFailure } from "@/lib/accounts/dry-run";
import { DryRunResult } from "./dry-run-result";

const MODES = [
  { value: "now", label: "From now on" },
  { value: "date", label: "From a date" },
  { value: "all", label: "All mail in the inbox" },
];

/**
 * Where reading starts, and what would come of it; once it has started that is history and only kept.
 */
export function StartFields({
  values,
  error,
  hasStarted,
  dryRun,
  isRunning,
}: {
  values: Record<string, string>;
  error: (name: string) => string | undefined;
  hasStarted: boolean;
  dryRun: DryRun | DryRunFailure | null;
  isRunning: boolean;
}) {
  if (hasStarted) {
    return ["startMode", "startDate"].map((name) => (
      <input key={name} type="hidden" name={name} value={values[name] ?? ""} />
    ));
  }
  return (
    <div className="group/start grid gap-3.5 pt-1 pb-2 pl-7 md:grid-cols-2">
      <SelectField
        label="Start from"
        name="startMode"
        options={MODES}
        defaultValue={values.startMode ?? "now"}
        error={error("startMode")}
        hint="Older mail stays in the inbox as it is."
      />
      <TextField
        label="Start date"
        name="startDate"
        type="date"
        defaultValue={values.startDate ?? ""}
        error={error("startDate")}
        className="hidden group-has-[option[value=date]:checked]/start:block"
      />
      <div className="space-y-2.5 md:col-span-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <SubmitButton
            variant="default"
            size="small"
            name="intent"
            value="dry-run"
            busy="Reading…"
            pending={isRunning}
          >
            Try it without changing anything
          </SubmitButton>
          <span className="text-sm text-ink-3">Says what the mails there would become.</span>
        </div>
        {dryRun && <DryRunResult run={dryRun} />}
      </div>
    </div>
  );
}
