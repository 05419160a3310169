"use client";

import { useActionState } from "react";
import { type ActionState, checkedOf, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import {
  CheckboxField,
  PasswordField,
  TextAreaField,
  TextField,
  UsernameForManagers,
} from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { FormFoot } from "@/app/ui/form-foot";
import {
  changeKeys,
  changeName,
  changeNotices,
  changePassword,
  changeSignature,
  endSession,
} from "./actions";

export function NameForm({ name }: { name: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(changeName, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={100}
        hint="It stands beside what you write."
        defaultValue={typedOf(state, "name", name)}
        error={errorOf(state, "name")}
      />
      <FormFoot state={state} label="Change name" busy="Changing…" />
    </form>
  );
}

export function NoticesForm({ assigned, replies }: { assigned: boolean; replies: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(changeNotices, idle);
  return (
    <form action={submit} className="space-y-2">
      <FormErrors state={state} />
      <CheckboxField label="Tickets given to me" name="assigned" defaultChecked={assigned} />
      <CheckboxField
        label="Replies on my tickets"
        name="replies"
        hint="One mail in five minutes for each ticket, and none for what you have seen."
        defaultChecked={replies}
      />
      <FormFoot state={state} label="Change mail" busy="Changing…" />
    </form>
  );
}

export function SignatureForm({ signature }: { signature: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(changeSignature, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <TextAreaField
        label="Signature"
        name="signature"
        rows={4}
        hint="Plain text; “-- ” is put above it. Blank takes the email account’s."
        defaultValue={typedOf(state, "signature", signature)}
        error={errorOf(state, "signature")}
      />
      <FormFoot state={state} label="Save signature" busy="Saving…" />
    </form>
  );
}

export function KeysForm({ singleKeys }: { singleKeys: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(changeKeys, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <CheckboxField
        label="Single-key shortcuts"
        name="singleKeys"
        hint="J and K move in a list, X selects, E solves. Turn them off if you dictate, or press keys by accident. Ctrl K (⌘ K on a Mac) works either way."
        defaultChecked={checkedOf(state, "singleKeys", singleKeys)}
      />
      <FormFoot state={state} label="Save shortcuts" busy="Saving…" />
    </form>
  );
}

export function OwnPasswordForm({ email }: { email: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(changePassword, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <UsernameForManagers email={email} />
      <PasswordField
        label="Current password"
        name="current"
        required
        error={errorOf(state, "current")}
      />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 10 characters. A few words in a row are fine."
        error={errorOf(state, "password")}
      />
      <FormFoot state={state} label="Change password" busy="Changing…" />
    </form>
  );
}

export function EndSession({ id, device }: { id: string; device: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(endSession, idle);
  return (
    <form action={submit}>
      <FormErrors state={state} />
      <input type="hidden" name="sessionId" value={id} />
      <SubmitButton variant="default" size="small" busy="Signing out…">
        Sign out<span className="sr-only"> {device}</span>
      </SubmitButton>
    </form>
  );
}
