"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { FormFoot } from "@/app/ui/form-foot";
import { rename } from "../actions";

/** What this person is called here and in the To of our mails. */
export function NameForm({ id, name }: { id: string; name: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(rename, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="contactId" value={id} />
      <TextField
        label="Name"
        name="name"
        dir="auto"
        autoComplete="off"
        maxLength={200}
        defaultValue={typedOf(state, "name", name)}
        error={errorOf(state, "name")}
        hint="Mail to this person carries it. Left empty, the next mail from them fills it in."
      />
      <FormFoot state={state} label="Save name" busy="Saving…" />
    </form>
  );
}
