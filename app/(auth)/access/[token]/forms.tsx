"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle } from "../../../action-state";
import { SubmitButton } from "../../../ui/button";
import { Callout } from "../../../ui/callout";
import { PasswordField, UsernameForManagers } from "../../../ui/field";
import { FormErrors } from "../../../ui/form-errors";
import { accept, renew } from "../actions";

export function AcceptForm({ token, email }: { token: string; email: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(accept, idle);
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="token" value={token} />
      <UsernameForManagers email={email} />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        required
        autoFocus
        hint="At least 10 characters. A few words in a row are fine."
        error={errorOf(state, "password")}
      />
      <SubmitButton className="mt-1 min-h-10 w-full" busy="Setting…">
        Set password and sign in
      </SubmitButton>
    </form>
  );
}

export function RenewForm({ token }: { token: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(renew, idle);
  if (state.status === "done")
    return (
      <Callout tone="green" role="status" title={state.message}>
        If none comes within a few minutes, ask an administrator.
      </Callout>
    );
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="token" value={token} />
      <SubmitButton className="min-h-10 w-full" busy="Sending…">
        Send a new link
      </SubmitButton>
    </form>
  );
}
