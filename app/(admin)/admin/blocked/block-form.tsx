"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { addBlock } from "./actions";

/** An address or a domain to block. Works before JavaScript. */
export function BlockForm() {
  const [state, submit] = useActionState<ActionState, FormData>(addBlock, idle);
  const refused = state.status === "refused" ? state.message : undefined;
  const typed = typedOf(state, "sender");
  return (
    <form action={submit} aria-label="Block a sender" className="max-w-[620px] space-y-3">
      <TextField
        key={typed}
        label="Address or domain"
        name="sender"
        required
        maxLength={254}
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="none"
        placeholder="spam@example.com or example.com"
        hint="A domain stands for everything below it as well."
        defaultValue={typed}
        error={errorOf(state, "sender") ?? refused}
      />
      <SubmitButton busy="Blocking…">Block</SubmitButton>
    </form>
  );
}
