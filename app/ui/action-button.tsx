"use client";

import { type ReactNode, useActionState } from "react";
import { type ActionState, type FormAction, idle } from "../action-state";
import type { CommandId } from "../keys/commands";
import { SubmitButton } from "./button";

type Props = {
  action: FormAction;
  fields: Record<string, string>;
  busy: string;
  /** What it does, where the words alone do not say to what: in a list. */
  label?: string;
  /** The command it stands for. */
  command?: CommandId;
  children: ReactNode;
};

/** A button that does one thing at once, and says beside it when that was refused. */
export function ActionButton({ action, fields, busy, label, command, children }: Props) {
  const [state, submit] = useActionState<ActionState, FormData>(action, idle);
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton
        variant="default"
        size="small"
        busy={busy}
        aria-label={label}
        data-command={command}
      >
        {children}
      </SubmitButton>
      {(state.status === "refused" || state.status === "invalid") && (
        <p role="alert" className="text-sm text-red">
          {state.message}
        </p>
      )}
    </form>
  );
}
