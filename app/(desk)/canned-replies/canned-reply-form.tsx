"use client";

import { useActionState } from "react";
import { type ActionState, checkedOf, errorOf, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { CheckboxField, TextAreaField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { save } from "./actions";

type Props = {
  /** null for a new one. */
  reply: { id: string; name: string; body: string; isShared: boolean } | null;
  nameMax: number;
  /** What can be filled in, and what it stands for. */
  variables: Record<string, string>;
};

/** Name and text of a canned reply, and whose it is. */
export function CannedReplyForm({ reply, nameMax, variables }: Props) {
  const [state, submit] = useActionState<ActionState, FormData>(save, idle);
  const name = typedOf(state, "name", reply?.name);
  const body = typedOf(state, "body", reply?.body);
  return (
    <form action={submit} className="space-y-4">
      <FormErrors state={state} />
      <input type="hidden" name="id" value={reply?.id ?? ""} />
      <TextField
        key={`name ${name}`}
        label="Name"
        name="name"
        required
        maxLength={nameMax}
        autoComplete="off"
        defaultValue={name}
        hint="What you type behind / to find it."
        error={errorOf(state, "name")}
      />
      <TextAreaField
        key={`body ${body}`}
        label="Text"
        name="body"
        required
        rows={10}
        className="[&_textarea]:min-h-40"
        defaultValue={body}
        error={errorOf(state, "body")}
      />
      <div className="text-sm text-ink-2">
        <p className="font-semibold">What is filled in for each ticket</p>
        <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 max-md:grid-cols-1">
          {Object.entries(variables).map(([variable, words]) => (
            <div key={variable} className="contents">
              <dt className="font-mono">{`{{${variable}}}`}</dt>
              <dd className="max-md:mb-1.5">{words}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-1.5">
          Words for when it is empty stand behind a bar:{" "}
          <span className="font-mono">{"{{customer.first_name|there}}"}</span>
        </p>
      </div>
      <CheckboxField
        label="Share with everybody at the desk"
        name="isShared"
        defaultChecked={checkedOf(state, "isShared", reply?.isShared)}
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton busy="Saving…">Save</SubmitButton>
        <LinkButton href={paths.cannedReplies}>Cancel</LinkButton>
      </div>
    </form>
  );
}
