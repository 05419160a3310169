"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "../../action-state";
import { SubmitButton } from "../../ui/button";
import { PasswordField, TextField } from "../../ui/field";
import { FormErrors } from "../../ui/form-errors";
import { createAdmin } from "./actions";

export function SetupForm({ token }: { token: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(createAdmin, idle);
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="token" value={token} />
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        required
        defaultValue={typedOf(state, "name")}
        error={errorOf(state, "name")}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        hint="You sign in with it. It is not an address that receives tickets."
        defaultValue={typedOf(state, "email")}
        error={errorOf(state, "email")}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 10 characters. A few words in a row are fine."
        error={errorOf(state, "password")}
      />
      <SubmitButton className="mt-1 min-h-10" busy="Creating…">
        Create administrator
      </SubmitButton>
    </form>
  );
}
