"use client";

import { useActionState } from "react";
import { type ActionState, idle } from "../../../action-state";
import { SubmitButton } from "../../../ui/button";
import { FormErrors } from "../../../ui/form-errors";
import { setRegistration } from "./actions";

export function RegistrationSwitch({ isOpen }: { isOpen: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(setRegistration, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="isOpen" value={isOpen ? "no" : "yes"} />
      <SubmitButton variant="default" busy={isOpen ? "Closing…" : "Opening…"}>
        {isOpen ? "Close registration" : "Open registration"}
      </SubmitButton>
    </form>
  );
}
