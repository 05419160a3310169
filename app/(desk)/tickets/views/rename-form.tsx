"use client";

import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { TextField } from "@/app/ui/field";
import { FormFoot } from "@/app/ui/form-foot";
import { useWords } from "@/app/words/language-context";
import { viewsWords } from "@/app/words/views";
import { rename } from "./actions";

/** A new name for a view. */
export function RenameForm({ id, name, nameMax }: { id: string; name: string; nameMax: number }) {
  const words = useWords(viewsWords);
  const [state, submit] = useActionState<ActionState, FormData>(rename, idle);
  const typed = typedOf(state, "name", name);
  return (
    <form action={submit} className="max-w-[420px] space-y-2 py-1">
      <input type="hidden" name="id" value={id} />
      <TextField
        key={typed}
        id={`name-${id}`}
        label={words.nameOf(name)}
        name="name"
        required
        maxLength={nameMax}
        autoComplete="off"
        defaultValue={typed}
        error={errorOf(state, "name") ?? (state.status === "refused" ? state.message : undefined)}
      />
      <FormFoot state={state} label={words.rename} busy={words.renaming} />
    </form>
  );
}
