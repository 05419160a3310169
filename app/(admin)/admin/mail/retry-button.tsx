"use client";

import { RefreshCw } from "lucide-react";
import { useActionState } from "react";
import { idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { retry } from "./actions";

/** Processes a mail again; what was refused is said beside it. */
export function RetryButton({ id }: { id: string }) {
  const [state, action] = useActionState(retry, idle);
  return (
    <form action={action} className="flex items-center gap-2">
      <input type="hidden" name="id" value={id} />
      <SubmitButton
        variant="default"
        size="small"
        icon={<RefreshCw aria-hidden className="icon" />}
        busy="Retrying…"
      >
        Retry
      </SubmitButton>
      {state.status === "refused" && (
        <p role="alert" className="text-sm text-red">
          {state.message}
        </p>
      )}
    </form>
  );
}
