"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { TextAreaField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { answer } from "../actions";

export function AnswerForm({ number }: { number: number }) {
  const [state, submit] = useActionState<ActionState, FormData>(answer, idle);
  return (
    <form action={submit} className="space-y-3 pt-5">
      <FormErrors state={state} />
      <input type="hidden" name="number" value={number} />
      <TextAreaField
        label="Your answer"
        name="text"
        dir="auto"
        rows={5}
        className="[&_textarea]:min-h-32"
        required
        defaultValue={typedOf(state, "text")}
        error={errorOf(state, "text")}
      />
      <SubmitButton busy="Sending…">Send</SubmitButton>
    </form>
  );
}
