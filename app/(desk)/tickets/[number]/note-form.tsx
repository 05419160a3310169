"use client";

import { useActionState, useEffect, useRef, useState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { toast } from "@/app/ui/toaster";
import { writeNote } from "./actions";
import { Writing } from "./reply-form";

/** A note that only agents see. */
export function NoteForm({ number }: { number: number }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(writeNote, idle);
  const [text, setText] = useState(typedOf(state, "text"));
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (state.status !== "done") return;
    setText("");
    if (state.message) toast(state.message);
  }, [state]);

  const error = errorOf(state, "text") ?? (state.status === "refused" ? state.message : undefined);
  return (
    <form ref={form} action={submit} className="bg-note text-note-ink">
      <input type="hidden" name="number" value={number} />
      <Writing
        name="note"
        text={text}
        onText={setText}
        label="Internal note"
        error={error}
        form={form}
      />
      <footer className="flex flex-wrap items-center gap-2 border-t border-note-line px-2.5 py-[9px]">
        <p className="grow text-sm">Only agents see notes.</p>
        <SubmitButton busy="Adding…" pending={isPending} data-send>
          Add note
        </SubmitButton>
      </footer>
    </form>
  );
}
