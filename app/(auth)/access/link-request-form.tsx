"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, type FormAction, idle, typedOf } from "../../action-state";
import { SubmitButton } from "../../ui/button";
import { Callout } from "../../ui/callout";
import { TextField } from "../../ui/field";
import { FormErrors } from "../../ui/form-errors";

/** Asks for a link by mail: for another password, or with a name for an account of one's own. */
export function LinkRequestForm({
  action,
  withName,
  label,
  sent,
}: {
  action: FormAction;
  withName?: boolean;
  label: string;
  /** What is said once the mail is on its way, below the address it goes to. */
  sent: string;
}) {
  const [state, submit] = useActionState<ActionState, FormData>(action, idle);
  if (state.status === "done")
    return (
      <Callout tone="green" role="status" title={`Look into the inbox of ${state.data?.email}.`}>
        {sent}
      </Callout>
    );
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      {withName && (
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          defaultValue={typedOf(state, "name")}
          error={errorOf(state, "name")}
        />
      )}
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={typedOf(state, "email")}
        error={errorOf(state, "email")}
      />
      <SubmitButton className="mt-1 min-h-10 w-full" busy="Sending…">
        {label}
      </SubmitButton>
    </form>
  );
}
