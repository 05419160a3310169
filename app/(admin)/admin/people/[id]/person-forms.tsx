"use client";

import { useActionState } from "react";
import type { Role } from "@/lib/db/generated/enums";
import { type ActionState, errorOf, idle, typedOf } from "../../../../action-state";
import { SubmitButton } from "../../../../ui/button";
import { ConfirmDialog } from "../../../../ui/confirm-dialog";
import { PasswordField, SelectField } from "../../../../ui/field";
import { FormErrors } from "../../../../ui/form-errors";
import { FormFoot } from "../../../../ui/form-foot";
import { changeRole, deactivate, makeLink, reactivate, setPassword } from "../actions";
import { HandedLink } from "../handed-link";
import { ROLE_OPTIONS } from "../roles";

export function RoleForm({ id, role }: { id: string; role: Role }) {
  const [state, submit] = useActionState<ActionState, FormData>(changeRole, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="personId" value={id} />
      <SelectField
        label="Role"
        name="role"
        options={ROLE_OPTIONS}
        defaultValue={typedOf(state, "role", role)}
        error={errorOf(state, "role")}
      />
      <FormFoot state={state} label="Change role" busy="Changing…" />
    </form>
  );
}

export function PasswordForm({ id }: { id: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(setPassword, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="personId" value={id} />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 10 characters."
        error={errorOf(state, "password")}
      />
      <FormFoot state={state} label="Set password" busy="Setting…" />
    </form>
  );
}

/** A link for a first password or another one: mailed, or shown to be handed over. */
export function LinkForm({ id, canSend }: { id: string; canSend: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(makeLink, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="personId" value={id} />
      <div className="flex flex-wrap gap-2">
        {canSend && (
          <SubmitButton variant="default" name="how" value="mail" busy="Sending…">
            Send a link by mail
          </SubmitButton>
        )}
        <SubmitButton variant="default" name="how" value="hand" busy="Making…">
          Show a link to hand over
        </SubmitButton>
      </div>
      <HandedLink state={state} />
    </form>
  );
}

export function SignInSwitch({
  id,
  name,
  isActive,
}: {
  id: string;
  name: string;
  isActive: boolean;
}) {
  if (isActive)
    return (
      <ConfirmDialog
        key="deactivate"
        trigger="Deactivate"
        triggerVariant="red"
        title={`Deactivate ${name}?`}
        confirm="Deactivate"
        busy="Deactivating…"
        action={deactivate}
        fields={{ personId: id }}
      >
        They are signed out everywhere at once and can’t sign in again. Their tickets and answers
        stay.
      </ConfirmDialog>
    );
  return (
    <ConfirmDialog
      key="reactivate"
      trigger="Reactivate"
      title={`Reactivate ${name}?`}
      confirm="Reactivate"
      confirmVariant="primary"
      busy="Reactivating…"
      action={reactivate}
      fields={{ personId: id }}
    >
      They can sign in again with the password they had.
    </ConfirmDialog>
  );
}
