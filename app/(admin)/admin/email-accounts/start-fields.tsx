import { SelectField, TextField } from "@/app/ui/field";

const MODES = [
  { value: "now", label: "From now on" },
  { value: "date", label: "From a date" },
  { value: "all", label: "All mail in the inbox" },
];

/** Where reading starts; once it has started that is history and only kept. */
export function StartFields({
  values,
  error,
  hasStarted,
}: {
  values: Record<string, string>;
  error: (name: string) => string | undefined;
  hasStarted: boolean;
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
    </div>
  );
}
