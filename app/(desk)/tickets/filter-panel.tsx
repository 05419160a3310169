import type { ReactNode } from "react";
import { SubmitButton } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import type { listFilterChoices } from "@/lib/tickets/list";
import type { TicketQuery } from "@/lib/tickets/query";
import { DaysField } from "./days-field";
import { DUE_WORDS } from "./due-words";
import { PRIORITY_WORDS, SOURCE_WORDS, STATUS_WORDS } from "./words";

export type FilterChoices = Awaited<ReturnType<typeof listFilterChoices>>;

const anyOf = (words: Record<string, string>) => [
  { value: "", label: "Any" },
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
];

/** The fields of the filter form. */
export function FilterPanel({ query, choices }: { query: TicketQuery; choices: FilterChoices }) {
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Ticks
        legend="Status"
        name="status"
        words={STATUS_WORDS}
        ticked={query.statuses}
        hint="With none ticked, the view decides."
      />
      <Ticks
        legend="Priority"
        name="priority"
        words={PRIORITY_WORDS}
        ticked={query.priorities}
        hint="With none ticked, any."
      />
      <SelectField
        label="Assignee"
        name="assignee"
        defaultValue={query.assignee ?? ""}
        options={[
          { value: "", label: "Anyone" },
          { value: "me", label: "Me" },
          { value: "none", label: "Nobody" },
          ...choices.agents.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <TextField
        label="Requester"
        name="requester"
        defaultValue={query.requester}
        placeholder="Part of a name or address"
        maxLength={254}
        autoComplete="off"
      />
      <SelectField
        label="Source"
        name="source"
        defaultValue={query.source ?? ""}
        options={anyOf(SOURCE_WORDS)}
      />
      <SelectField
        label="Account"
        name="account"
        defaultValue={query.account ?? ""}
        options={[
          { value: "", label: "Any" },
          ...choices.accounts.map(({ id, email }) => ({ value: id, label: email })),
        ]}
      />
      <SelectField
        label="Target"
        name="due"
        defaultValue={query.due ?? ""}
        options={anyOf(DUE_WORDS)}
      />
      <DaysField legend="Created" name="created" value={query.created} />
      <DaysField legend="Updated" name="updated" value={query.updated} />
      <div>
        <TextField
          label="Tag"
          name="tag"
          defaultValue={query.tag}
          list="filter-tags"
          maxLength={50}
          autoComplete="off"
        />
        <datalist id="filter-tags">
          {choices.tags.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
      </div>
      <div className="flex items-end md:justify-end">
        <SubmitButton variant="default" busy="Filtering…">
          Apply filters
        </SubmitButton>
      </div>
    </div>
  );
}

function Ticks({
  legend,
  name,
  words,
  ticked,
  hint,
}: {
  legend: string;
  name: string;
  words: Record<string, string>;
  ticked: readonly string[];
  hint: ReactNode;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-semibold">{legend}</legend>
      <div className="grid grid-cols-2 gap-x-5">
        {Object.entries(words).map(([value, word]) => (
          <label key={value} className="flex min-h-8 items-center gap-2 max-md:min-h-11">
            <input
              type="checkbox"
              name={name}
              value={value}
              defaultChecked={ticked.includes(value)}
              className="size-[18px]"
            />
            {word}
          </label>
        ))}
      </div>
      <p className="text-sm text-ink-3">{hint}</p>
    </fieldset>
  );
}
