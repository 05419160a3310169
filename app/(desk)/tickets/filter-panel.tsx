import type { ReactNode } from "react";
import { SubmitButton } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import type { Language } from "@/app/words/dictionary";
import { dueWords } from "@/app/words/dues";
import { filterWords } from "@/app/words/filters";
import { ticketWords } from "@/app/words/tickets";
import type { listFilterChoices } from "@/lib/tickets/list";
import type { TicketQuery } from "@/lib/tickets/query";
import { DaysField } from "./days-field";

export type FilterChoices = Awaited<ReturnType<typeof listFilterChoices>>;

/** The fields of the filter form. */
export function FilterPanel({
  query,
  choices,
  language,
}: {
  query: TicketQuery;
  choices: FilterChoices;
  language: Language;
}) {
  const words = filterWords[language];
  const { names } = words;
  const { sources, statuses, priorities } = ticketWords[language];
  const anyOf = (choices: Record<string, string>) => [
    { value: "", label: words.any },
    ...Object.entries(choices).map(([value, label]) => ({ value, label })),
  ];
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Ticks
        legend={names.status}
        name="status"
        words={statuses}
        ticked={query.statuses}
        hint={words.viewDecides}
      />
      <Ticks
        legend={names.priority}
        name="priority"
        words={priorities}
        ticked={query.priorities}
        hint={words.anyPriority}
      />
      <SelectField
        label={names.assignee}
        name="assignee"
        defaultValue={query.assignee ?? ""}
        options={[
          { value: "", label: words.anyone },
          { value: "me", label: words.me },
          { value: "none", label: words.nobody },
          ...choices.agents.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <TextField
        label={names.requester}
        name="requester"
        defaultValue={query.requester}
        placeholder={words.requesterHint}
        maxLength={254}
        autoComplete="off"
      />
      <SelectField
        label={names.source}
        name="source"
        defaultValue={query.source ?? ""}
        options={anyOf(sources)}
      />
      <SelectField
        label={names.account}
        name="account"
        defaultValue={query.account ?? ""}
        options={[
          { value: "", label: words.any },
          ...choices.accounts.map(({ id, email }) => ({ value: id, label: email })),
        ]}
      />
      <SelectField
        label={names.due}
        name="due"
        defaultValue={query.due ?? ""}
        options={anyOf(dueWords[language].states)}
      />
      <DaysField legend={names.created} name="created" value={query.created} language={language} />
      <DaysField legend={names.updated} name="updated" value={query.updated} language={language} />
      <div>
        <TextField
          label={names.tag}
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
        <SubmitButton variant="default" busy={words.applying}>
          {words.apply}
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
  words: Readonly<Record<string, string>>;
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
