"use client";

import { useActionState } from "react";
import { idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { compareNow } from "./email-accounts/actions";
import { Words } from "./email-accounts/words";

/** Asks the worker to compare the folder with what we hold; what came of asking is said beside it. */
export function CompareButton({ id, email }: { id: string; email: string }) {
  const [state, action] = useActionState(compareNow, idle);
  return (
    <form action={action} className="flex flex-wrap items-baseline gap-x-2">
      <input type="hidden" name="id" value={id} />
      <SubmitButton
        variant="quiet"
        size="small"
        busy="Asking…"
        className="max-md:pl-0"
        aria-label={`Compare now: ${email}`}
      >
        Compare now
      </SubmitButton>
      {state.status === "done" && state.message && <p role="status">{state.message}</p>}
      {state.status === "refused" && (
        <p role="alert" className="text-red">
          <Words>{state.message}</Words>
        </p>
      )}
    </form>
  );
}
