import { SelectField, TextField } from "@/app/ui/field";
import type { Language } from "@/app/words/dictionary";
import { filterWords } from "@/app/words/filters";
import { parseDateRange } from "@/lib/tickets/date-range";
import { dateRangeWords } from "./date-range-words";

const PRESETS = ["1d", "7d", "30d"];

/** A filter by days: the last so many, or from one day to another. Its address is made by the list. */
export function DaysField({
  legend,
  name,
  value,
  language,
}: {
  legend: string;
  name: string;
  /** As dateRangeText() writes it; "" for any. */
  value: string;
  language: Language;
}) {
  const words = filterWords[language];
  const range = parseDateRange(value);
  const isPreset = range !== null && "lastDays" in range;
  const days = range === null || "lastDays" in range ? null : range;
  const presets = isPreset && !PRESETS.includes(value) ? [...PRESETS, value] : PRESETS;
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{legend}</legend>
      <SelectField
        label={legend}
        name={name}
        defaultValue={isPreset ? value : ""}
        options={[
          { value: "", label: words.anyTime },
          ...presets.map((preset) => ({ value: preset, label: dateRangeWords(preset, language) })),
        ]}
      />
      <div className="mt-2 grid grid-cols-[repeat(auto-fit,minmax(136px,1fr))] gap-2">
        <TextField
          label={words.from}
          type="date"
          name={`${name}From`}
          defaultValue={days?.from ?? ""}
        />
        <TextField
          label={words.until}
          type="date"
          name={`${name}Until`}
          defaultValue={days?.until ?? ""}
        />
      </div>
    </fieldset>
  );
}
