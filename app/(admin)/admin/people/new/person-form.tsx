"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "../../../../action-state";
import { paths } from "../../../../paths";
import { LinkButton, SubmitButton } from "../../../../ui/button";
import { PasswordField, SelectField, TextField } from "../../../../ui/field";
import { FormErrors } from "../../../../ui/form-errors";
import { addPerson } from "../actions";
import { HandedLink } from "../handed-link";
import { ROLE_OPTIONS } from "../roles";

export function PersonForm({ canSend }: { canSend: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(addPerson, idle);
  if (state.status === "done")
    return (
      <div className="space-y-4">
        <HandedLink state={state} />
        <LinkButton href={paths.people}>Back to People</LinkButton>
      </div>
    );
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <TextField
        label="Name"
        name="name"
        autoComplete="off"
        required
        defaultValue={typedOf(state, "name")}
        error={errorOf(state, "name")}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="off"
        required
        hint="They sign in with it. Tickets from this address become theirs."
        defaultValue={typedOf(state, "email")}
        error={errorOf(state, "email")}
      />
      <SelectField
        label="Role"
        name="role"
        options={ROLE_OPTIONS}
        defaultValue={typedOf(state, "role", "AGENT")}
        error={errorOf(state, "role")}
      />
      <PasswordField
        label="Password (optional)"
        name="password"
        autoComplete="new-password"
        hint={
          canSend
            ? "Leave it blank, and they get an invitation by mail to choose their own."
            : "Leave it blank, and you get a link for them to choose their own: no email account can send yet."
        }
        error={errorOf(state, "password")}
      />
      <div className="flex gap-2 pt-1">
        <SubmitButton busy="Adding…">Add person</SubmitButton>
        <LinkButton href={paths.people} variant="quiet">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
