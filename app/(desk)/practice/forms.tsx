"use client";

import { Send } from "lucide-react";
import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import { SelectField, TextAreaField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { answerMail, sendMail } from "./actions";
import type { PracticeState } from "./practice-server";

export function SendForm({ kinds }: { kinds: PracticeState["kinds"] }) {
  const [state, action] = useActionState(sendMail, idle);
  return (
    <form action={action} className="mt-3 max-w-[600px] space-y-3">
      <FormErrors state={state} />
      <div className="flex flex-wrap items-end gap-2">
        <SelectField
          label="Kind of mail"
          name="kind"
          className="min-w-0 grow"
          defaultValue={typedOf(state, "kind", kinds[0]?.id)}
          options={kinds.map(({ id, label }) => ({ value: id, label }))}
        />
        <SubmitButton
          busy="Sending…"
          icon={<Send aria-hidden className="icon" />}
          className="min-h-9"
        >
          Send a practice mail
        </SubmitButton>
      </div>
      <Done state={state} />
    </form>
  );
}

/** The customer's answer; folded until somebody wants to write one. */
export function AnswerForm({ uid, customer }: { uid: number; customer: string }) {
  const [state, action] = useActionState(answerMail, idle);
  const id = `field-text-${uid}`;
  return (
    <Disclosure label="Answer as the customer" open={state.status === "invalid"} className="mt-2">
      <form action={action} className="max-w-[600px] space-y-3">
        {state.status === "refused" && <FormErrors state={state} />}
        <input type="hidden" name="uid" value={uid} />
        <TextAreaField
          label={`What ${customer} writes`}
          name="text"
          id={id}
          rows={4}
          required
          maxLength={10_000}
          defaultValue={typedOf(state, "text")}
          error={errorOf(state, "text")}
        />
        <SubmitButton variant="default" busy="Sending…">
          Send answer
        </SubmitButton>
        <Done state={state} />
      </form>
    </Disclosure>
  );
}

function Done({ state }: { state: ActionState }) {
  return (
    <p role="status" className="text-sm text-ink-2 empty:hidden">
      {state.status === "done" ? state.message : null}
    </p>
  );
}
