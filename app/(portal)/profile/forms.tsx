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
import { useWords } from "@/app/words/language-context";
import { profileWords } from "@/app/words/profile";
import type { OwnNotices } from "@/lib/profile";
import {
  changeKeys,
  changeName,
  changeNotices,
  changePassword,
  changeSignature,
  endSession,
} from "./actions";

export function NameForm({ name }: { name: string }) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(changeName, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <TextField
        label={words.name}
        name="name"
        autoComplete="name"
        required
        maxLength={100}
        hint={words.nameHint}
        defaultValue={typedOf(state, "name", name)}
        error={errorOf(state, "name")}
      />
      <FormFoot state={state} label={words.changeName} busy={words.changing} />
    </form>
  );
}

export function NoticesForm({ assigned, replies, targets }: OwnNotices) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(changeNotices, idle);
  return (
    <form action={submit} className="space-y-2">
      <FormErrors state={state} />
      <CheckboxField label={words.assigned} name="assigned" defaultChecked={assigned} />
      <CheckboxField
        label={words.replies}
        name="replies"
        hint={words.repliesHint}
        defaultChecked={replies}
      />
      <CheckboxField
        label={words.targets}
        name="targets"
        hint={words.targetsHint}
        defaultChecked={targets}
      />
      <FormFoot state={state} label={words.changeMail} busy={words.changing} />
    </form>
  );
}

export function SignatureForm({ signature }: { signature: string }) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(changeSignature, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <TextAreaField
        label={words.signature}
        name="signature"
        rows={4}
        hint={words.signatureHint}
        defaultValue={typedOf(state, "signature", signature)}
        error={errorOf(state, "signature")}
      />
      <FormFoot state={state} label={words.saveSignature} busy={words.saving} />
    </form>
  );
}

export function KeysForm({ singleKeys }: { singleKeys: boolean }) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(changeKeys, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <CheckboxField
        label={words.singleKeys}
        name="singleKeys"
        hint={words.singleKeysHint}
        defaultChecked={checkedOf(state, "singleKeys", singleKeys)}
      />
      <FormFoot state={state} label={words.saveKeys} busy={words.saving} />
    </form>
  );
}

export function OwnPasswordForm({ email }: { email: string }) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(changePassword, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <UsernameForManagers email={email} />
      <PasswordField
        label={words.currentPassword}
        name="current"
        required
        error={errorOf(state, "current")}
      />
      <PasswordField
        label={words.newPassword}
        name="password"
        autoComplete="new-password"
        required
        hint={words.passwordHint}
        error={errorOf(state, "password")}
      />
      <FormFoot state={state} label={words.changePassword} busy={words.changing} />
    </form>
  );
}

export function EndSession({ id, device }: { id: string; device: string }) {
  const words = useWords(profileWords);
  const [state, submit] = useActionState<ActionState, FormData>(endSession, idle);
  return (
    <form action={submit}>
      <FormErrors state={state} />
      <input type="hidden" name="sessionId" value={id} />
      <SubmitButton variant="default" size="small" busy={words.signingOut}>
        {words.signOut}
        <span className="sr-only"> {device}</span>
      </SubmitButton>
    </form>
  );
}
