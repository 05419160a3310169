"use client";

import { useActionState } from "react";
import { type ActionState, checkedOf, errorOf, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { CheckboxField, SelectField, TextAreaField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { openTicket } from "./actions";
import { type KnownRequester, RequesterFields } from "./requester-fields";

type Account = { id: string; email: string; isDefault: boolean };

/** A ticket that an agent opens for somebody: after a call, or to write first. */
export function NewTicketForm({
  accounts,
  requester,
}: {
  accounts: Account[];
  /** Whom the link to this page named. */
  requester: KnownRequester;
}) {
  const [state, submit] = useActionState<ActionState, FormData>(openTicket, idle);
  const canSend = accounts.length > 0;
  const preset = accounts.find(({ isDefault }) => isDefault) ?? accounts[0];
  const field = (name: string) => ({
    name,
    defaultValue: typedOf(state, name),
    error: errorOf(state, name),
  });
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <RequesterFields state={state} requester={requester} />
      <TextField {...field("subject")} label="Subject" dir="auto" required maxLength={500} />
      <TextAreaField
        {...field("text")}
        label="Text"
        dir="auto"
        rows={8}
        required
        className="[&_textarea]:min-h-44"
      />
      {canSend && (
        <SelectField
          {...field("accountId")}
          label="Account"
          defaultValue={typedOf(state, "accountId", preset?.id)}
          options={accounts.map(({ id, email }) => ({ value: id, label: email }))}
          hint="The mail leaves from this address, and answers come back to it."
        />
      )}
      <CheckboxField
        label="Send by mail"
        name="sendByMail"
        defaultChecked={canSend && checkedOf(state, "sendByMail", true)}
        disabled={!canSend}
        hint={
          canSend
            ? "Otherwise the text is kept as an internal note, and nobody gets mail."
            : "No active email account can send. The text is kept as an internal note."
        }
      />
      <div className="flex gap-2 pt-1">
        <SubmitButton busy="Opening…">Open ticket</SubmitButton>
        <LinkButton href={paths.tickets()} variant="quiet">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
