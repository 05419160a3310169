"use client";

import { useActionState } from "react";
import { type ActionState, checkedOf, errorOf, idle, typedOf } from "@/app/action-state";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { CheckboxField, SelectField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { useWords } from "@/app/words/language-context";
import { uiWords } from "@/app/words/ui";
import { viewsWords } from "@/app/words/views";
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
  const words = useWords(viewsWords);
  const { cancel } = useWords(uiWords);
  const [state, submit] = useActionState<ActionState, FormData>(save, idle);
  const typed = typedOf(state, "name");
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="address" value={address} />
      {views.length > 0 && (
        <SelectField
          label={words.saveAs}
          name="replacedId"
          defaultValue={typedOf(state, "replacedId")}
          options={[
            { value: "", label: words.newView },
            ...views.map(({ id, name }) => ({ value: id, label: words.replace(name) })),
          ]}
        />
      )}
      <TextField
        key={typed}
        label={words.name}
        name="name"
        maxLength={nameMax}
        autoComplete="off"
        defaultValue={typed}
        error={errorOf(state, "name")}
        hint={views.length > 0 ? words.nameHint : undefined}
      />
      <CheckboxField
        label={words.shareWithAll}
        name="isShared"
        defaultChecked={checkedOf(state, "isShared")}
        hint={words.shareHint}
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton busy={words.saving}>{words.save}</SubmitButton>
        <LinkButton href={listHref} variant="quiet">
          {cancel}
        </LinkButton>
      </div>
    </form>
  );
}
