"use client";

import Link from "next/link";
import { useActionState } from "react";
import { type ActionState, idle, typedOf } from "../../action-state";
import { paths } from "../../paths";
import { SubmitButton } from "../../ui/button";
import { PasswordField, TextField } from "../../ui/field";
import { FormErrors } from "../../ui/form-errors";
import { useWords } from "../../words/language-context";
import { signInWords } from "../../words/sign-in";
import { signIn } from "./actions";

/** `failed`: next-auth's own endpoint sent the person back here. */
export function LoginForm({ callbackUrl, failed }: { callbackUrl: string; failed: boolean }) {
  const words = useWords(signInWords);
  const [state, submit] = useActionState<ActionState, FormData>(
    signIn,
    failed ? { status: "refused", message: "Wrong email address or password.", values: {} } : idle,
  );
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <TextField
        label={words.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus={state.status === "idle"}
        defaultValue={typedOf(state, "email")}
      />
      <PasswordField label={words.password} name="password" required />
      <SubmitButton className="mt-1 min-h-10 w-full" busy={words.signingIn}>
        {words.signIn}
      </SubmitButton>
      <p className="text-sm">
        <Link href={paths.forgot} className="link">
          {words.forgot}
        </Link>
      </p>
    </form>
  );
}
