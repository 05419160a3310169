"use client";

import { Plug } from "lucide-react";
import { useActionState } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { type ButtonVariant, SubmitButton } from "@/app/ui/button";
import { reconnect } from "./actions";
import { Leaving } from "./leaving";

/** Signs in again for an account whose sign-in ended; leads to the provider and back to the list. */
export function ReconnectButton({
  accountId,
  email,
  provider,
  variant = "default",
  children,
}: {
  accountId: string;
  email: string;
  /** As people call it. */
  provider: string;
  variant?: ButtonVariant;
  children: string;
}) {
  const [state, submit] = useActionState<ActionState, FormData>(reconnect, idle);
  const url = state.status === "done" ? state.data?.url : undefined;
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="id" value={accountId} />
      <SubmitButton
        size="small"
        variant={variant}
        icon={<Plug aria-hidden className="icon" />}
        busy="…"
        aria-label={`${children} ${email}`}
      >
        {children}
      </SubmitButton>
      {typeof url === "string" && <Leaving url={url} to={provider} />}
      {state.status === "refused" && (
        <span role="alert" lang="en" className="text-sm text-red">
          {state.message}
        </span>
      )}
    </form>
  );
}
