"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "../../../../action-state";
import { paths } from "../../../../paths";
import { LinkButton, SubmitButton } from "../../../../ui/button";
import { PasswordField, SelectField, TextField } from "../../../../ui/field";
import { FormErrors } from "../../../../ui/form-errors";
import { addPerson } from "../actions";
import { ROLE_OPTIONS } from "../roles";

export function PersonForm() {
  const [state, submit] = useActionState<ActionState, FormData>(addPerson, idle);
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
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 10 characters. Hand it over in person or by phone, not by mail."
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
