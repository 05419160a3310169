import { SubmitButton } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import type { listFilterChoices } from "@/lib/tickets/list";
import type { TicketQuery } from "@/lib/tickets/query";
import { SOURCE_WORDS, STATUS_WORDS } from "./words";

export type FilterChoices = Awaited<ReturnType<typeof listFilterChoices>>;

const anyOf = (words: Record<string, string>) => [
  { value: "", label: "Any" },
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
];

/** The fields of the filter form. */
export function FilterPanel({ query, choices }: { query: TicketQuery; choices: FilterChoices }) {
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <SelectField
        label="Source"
        name="source"
        defaultValue={query.source ?? ""}
        options={anyOf(SOURCE_WORDS)}
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
      <fieldset className="md:col-span-2">
        <legend className="mb-1 text-sm font-semibold">Status</legend>
        <div className="flex flex-wrap gap-x-5">
          {Object.entries(STATUS_WORDS).map(([status, word]) => (
            <label key={status} className="flex min-h-8 items-center gap-2 max-md:min-h-11">
              <input
                type="checkbox"
                name="status"
                value={status}
                defaultChecked={query.statuses.some((wanted) => wanted === status)}
                className="size-[18px]"
              />
              {word}
            </label>
          ))}
        </div>
        <p className="text-sm text-ink-3">With none ticked, the view decides.</p>
      </fieldset>
      <SelectField
        label="Account"
        name="account"
        defaultValue={query.account ?? ""}
        options={[
          { value: "", label: "Any" },
          ...choices.accounts.map(({ id, email }) => ({ value: id, label: email })),
        ]}
      />
      <TextField
        label="Requester"
        name="requester"
        defaultValue={query.requester}
        hint="A name, an address, or part of one."
        maxLength={254}
        autoComplete="off"
      />
      <div className="md:col-span-2">
        <SubmitButton variant="default" busy="Filtering…">
          Apply filters
        </SubmitButton>
      </div>
    </div>
  );
}
