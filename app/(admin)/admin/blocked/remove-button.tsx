"use client";

import { useActionState } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { removeBlock } from "./actions";

/** Lifts a block at once; what was refused is said beside it. */
export function RemoveButton({ id, sender }: { id: string; sender: string }) {
  const [state, submit] = useActionState<ActionState, FormData>(removeBlock, idle);
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="id" value={id} />
      <SubmitButton
        variant="default"
        size="small"
        busy="Unblocking…"
        aria-label={`Unblock ${sender}`}
      >
        Unblock
      </SubmitButton>
      {(state.status === "refused" || state.status === "invalid") && (
        <p role="alert" className="text-sm text-red">
          {state.message}
        </p>
      )}
    </form>
  );
}
