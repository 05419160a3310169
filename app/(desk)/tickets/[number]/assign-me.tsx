"use client";

import { UserPlus } from "lucide-react";
import { useActionState, useEffect } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { setAssignee } from "./actions";
import { Refusal } from "./refusal";

/** Takes the ticket with one click; nothing when it is one's own. */
export function AssignMe({
  number,
  viewerId,
  isMine,
}: {
  number: number;
  viewerId: string;
  isMine: boolean;
}) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(setAssignee, idle);
  // The button that was pressed is gone once the ticket is one's own.
  useEffect(() => {
    if (state.status !== "done" || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('[data-command="assign"]')?.focus();
  }, [state]);
  if (isMine) return null;
  return (
    <form action={submit} className="flex items-center gap-2">
      <input type="hidden" name="number" value={number} />
      <input type="hidden" name="assignee" value={viewerId} />
      <SubmitButton
        variant="quiet"
        size="small"
        busy="Assigning…"
        pending={isPending}
        data-command="assign-me"
        className="max-md:min-h-11 max-md:min-w-11"
        icon={<UserPlus aria-hidden className="icon" />}
      >
        <span className="max-md:sr-only">Assign to me</span>
      </SubmitButton>
      <Refusal state={state} />
    </form>
  );
}
