"use client";

import { CircleCheck } from "lucide-react";
import type { ActionState } from "../action-state";
import { SubmitButton } from "./button";

/** The foot of a small form that stays where it is: its button, and beside it what was done. */
export function FormFoot({
  state,
  label,
  busy,
}: {
  state: ActionState;
  label: string;
  busy: string;
}) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SubmitButton variant="default" busy={busy}>
        {label}
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
  );
}
