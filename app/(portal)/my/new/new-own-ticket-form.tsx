"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { TextAreaField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { openOwnTicket } from "../actions";

export function NewOwnTicketForm() {
  const [state, submit] = useActionState<ActionState, FormData>(openOwnTicket, idle);
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <TextField
        label="Subject"
        name="subject"
        dir="auto"
        required
        maxLength={500}
        defaultValue={typedOf(state, "subject")}
        error={errorOf(state, "subject")}
      />
      <TextAreaField
        label="How can we help?"
        name="text"
        dir="auto"
        rows={8}
        className="[&_textarea]:min-h-44"
        required
        defaultValue={typedOf(state, "text")}
        error={errorOf(state, "text")}
      />
      <div className="flex gap-2 pt-1">
        <SubmitButton busy="Sending…">Send</SubmitButton>
        <LinkButton href={paths.my} variant="quiet">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
