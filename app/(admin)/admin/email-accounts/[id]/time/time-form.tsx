"use client";

import { type ReactNode, useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { SelectField, TextAreaField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { WEEKDAYS } from "@/lib/opening-text";
import { saveTime } from "./actions";

const ZONES_ID = "time-zones";

/** When an account's people are there, and by when its tickets are to be answered and solved. */
export function TimeForm({
  id,
  values,
  zones,
}: {
  id: string;
  values: Record<string, string>;
  zones: string[];
}) {
  const [state, submit] = useActionState<ActionState, FormData>(saveTime, idle);
  const field = (name: string) => ({
    name,
    defaultValue: typedOf(state, name, values[name]),
    error: errorOf(state, name),
  });
  return (
    <form action={submit} noValidate>
      <input type="hidden" name="id" value={id} />
      <div className="gutter max-w-[700px] pt-5 pb-6">
        <FormErrors state={state} />
        <Part title="Targets">
          <p className="text-sm text-ink-2">
            A ticket is marked before a target is missed, and whoever has it is told by mail. Empty
            means no target.
          </p>
          <div className="grid gap-3.5 md:grid-cols-2">
            <TextField
              label="First response within hours"
              inputMode="decimal"
              autoComplete="off"
              hint="From the ticket’s beginning to a person’s first answer."
              {...field("firstResponseHours")}
            />
            <TextField
              label="Resolution within hours"
              inputMode="decimal"
              autoComplete="off"
              hint="Time while it is open. Waiting on the customer does not count."
              {...field("resolutionHours")}
            />
          </div>
        </Part>
        <Part title="Business hours">
          <div className="grid gap-3.5 md:grid-cols-2">
            <SelectField
              label="Somebody is here"
              hint="Targets and reports count only these hours."
              options={[
                { value: "always", label: "Always, except on holidays" },
                { value: "week", label: "In the hours below" },
              ]}
              {...field("hours")}
            />
            <TextField
              label="Time zone"
              list={ZONES_ID}
              autoComplete="off"
              spellCheck={false}
              hint="Such as Europe/Berlin."
              {...field("timeZone")}
            />
            <datalist id={ZONES_ID}>
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </div>
          <div className="grid gap-3.5 md:grid-cols-2">
            {WEEKDAYS.map((day, index) => (
              <TextField
                key={day}
                label={day}
                autoComplete="off"
                placeholder="Closed"
                {...field(`day${index}`)}
              />
            ))}
          </div>
          <p className="text-sm text-ink-3">
            Such as 09:00-17:00, or 09:00-12:30, 13:30-18:00. A night that ends the next day is
            22:00-06:00.
          </p>
          <TextAreaField
            label="Holidays"
            rows={4}
            placeholder="2026-12-25"
            hint="Closed all day. One date a line, the year first."
            {...field("holidays")}
          />
        </Part>
      </div>
      <div className="gutter sticky bottom-0 z-[5] flex flex-wrap gap-2 border-t border-rule bg-sheet py-3.5">
        <SubmitButton busy="Saving…">Save hours and targets</SubmitButton>
        <LinkButton variant="quiet" href={paths.editEmailAccount(id)}>
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0 border-b border-rule pt-5 pb-[22px] first:pt-0 last:border-b-0">
      <legend className="float-left mb-3 w-full text-section font-semibold">{title}</legend>
      <div className="clear-both space-y-3.5">{children}</div>
    </fieldset>
  );
}
