"use client";

import { useActionState } from "react";
import { type ActionState, checkedOf, errorOf, idle, typedOf } from "@/app/action-state";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { CheckboxField, SelectField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { save } from "../actions";

type Props = {
  /** The list's address, after the "?", and as a link. */
  address: string;
  listHref: string;
  nameMax: number;
  /** The views that may be replaced. */
  views: { id: string; name: string }[];
};

/** Keeps a list under a name. Works before JavaScript. */
export function SaveViewForm({ address, listHref, nameMax, views }: Props) {
  const [state, submit] = useActionState<ActionState, FormData>(save, idle);
  const typed = typedOf(state, "name");
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="address" value={address} />
      {views.length > 0 && (
        <SelectField
          label="Save as"
          name="replacedId"
          defaultValue={typedOf(state, "replacedId")}
          options={[
            { value: "", label: "A new view" },
            ...views.map(({ id, name }) => ({ value: id, label: `Replace “${name}”` })),
          ]}
        />
      )}
      <TextField
        key={typed}
        label="Name"
        name="name"
        maxLength={nameMax}
        autoComplete="off"
        defaultValue={typed}
        error={errorOf(state, "name")}
        hint={views.length > 0 ? "Left empty, a replaced view keeps its name." : undefined}
      />
      <CheckboxField
        label="Share with everybody"
        name="isShared"
        defaultChecked={checkedOf(state, "isShared")}
        hint="All admins and agents get a new view in their menu; “me” is whoever looks. A replaced one stays as it was."
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton busy="Saving…">Save view</SubmitButton>
        <LinkButton href={listHref} variant="quiet">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
