"use client";

import { useActionState, useId } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import { merge, moveMessage } from "./actions";
import { NumberField } from "./number-field";

type WrongTicketProps = {
  number: number;
  messageRowId: string;
  /** Nothing else stands on the ticket, so that the mail has one of its own already. */
  isAlone: boolean;
};

/** Puts a mail where it belongs: on another ticket, or on one of its own. Works before JavaScript. */
export function WrongTicket({ number, messageRowId, isAlone }: WrongTicketProps) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(moveMessage, idle);
  const id = useId();
  const refused = state.status === "refused" ? state.message : undefined;
  return (
    <Disclosure
      label="Wrong ticket?"
      open={state.status === "invalid" || state.status === "refused"}
      className="mt-1 pl-[19px]"
    >
      <form
        action={submit}
        aria-label="Where this mail belongs"
        className="max-w-[460px] rounded-badge border border-rule bg-sheet p-3 text-sm text-ink"
      >
        <input type="hidden" name="number" value={number} />
        <input type="hidden" name="messageRowId" value={messageRowId} />
        <NumberField
          id={`${id}-into`}
          label="Move to ticket"
          value={typedOf(state, "into")}
          error={errorOf(state, "into") ?? refused}
        />
        {!isAlone && (
          <label className="mt-2 flex items-center gap-2 max-md:min-h-10">
            <input type="checkbox" name="andLater" className="size-[18px]" />
            and everything said after it
          </label>
        )}
        <div className="mt-3 flex flex-wrap gap-2">
          <SubmitButton size="small" name="where" value="ticket" busy="Moving…" pending={isPending}>
            Move
          </SubmitButton>
          {!isAlone && (
            <SubmitButton
              variant="default"
              size="small"
              name="where"
              value="own"
              busy="Moving…"
              pending={isPending}
            >
              Give it its own ticket
            </SubmitButton>
          )}
        </div>
        <p className="mt-2 text-ink-3">Later answers to it follow. You can undo this.</p>
      </form>
    </Disclosure>
  );
}

/** Puts everything on this ticket into another one. */
export function MergeElsewhere({ number }: { number: number }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(merge, idle);
  const id = useId();
  const refused = state.status === "refused" ? state.message : undefined;
  return (
    <Disclosure label="Merge into another ticket" open={refused !== undefined}>
      <form action={submit} aria-label="Merge into another ticket" className="mt-2">
        <input type="hidden" name="from" value={number} />
        <NumberField
          id={`${id}-into`}
          label="Ticket"
          value={typedOf(state, "into")}
          error={errorOf(state, "into") ?? refused}
        />
        <SubmitButton
          variant="default"
          size="small"
          busy="Merging…"
          pending={isPending}
          className="mt-2"
        >
          Merge
        </SubmitButton>
        <p className="mt-2 text-ink-3">
          Its messages and people move there, and #{number} is closed. You can undo this.
        </p>
      </form>
    </Disclosure>
  );
}
