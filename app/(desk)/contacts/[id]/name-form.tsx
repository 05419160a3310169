"use client";

import { CircleCheck } from "lucide-react";
import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { rename } from "../actions";

/** What this person is called here and in the To of our mails. */
export function NameForm({ id, name }: { id: string; name: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(rename, idle);
  return (
    <form action={submit} className="space-y-3">
      <FormErrors state={state} />
      <input type="hidden" name="contactId" value={id} />
      <TextField
        label="Name"
        name="name"
        dir="auto"
        autoComplete="off"
        maxLength={200}
        defaultValue={typedOf(state, "name", name)}
        error={errorOf(state, "name")}
        hint="Mail to this person carries it. Left empty, the next mail from them fills it in."
      />
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="default" busy="Saving…">
          Save name
        </SubmitButton>
        <p role="status" className="flex items-center gap-1.5 text-sm text-green">
          {state.status === "done" && state.message && (
            <>
              <CircleCheck aria-hidden className="icon" />
              {state.message}
            </>
          )}
        </p>
      </div>
    </form>
  );
}
