"use client";

import { useActionState, useEffect, useRef } from "react";
import { type ActionState, errorOf, idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { toast } from "@/app/ui/toaster";
import { writeNote } from "./actions";
import { useWriting, type WritingProps } from "./use-writing";
import { DraftMark, WritingField } from "./writing";

/** A note that only agents see. */
export function NoteForm({
  agents,
  ...props
}: Omit<WritingProps, "kind"> & { agents: { id: string; name: string }[] }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(writeNote, idle);
  const form = useRef<HTMLFormElement>(null);
  const writing = useWriting({ ...props, kind: "note", state, form });

  useEffect(() => {
    if (state.status !== "done") return;
    if (state.message) toast(state.message);
  }, [state]);

  const error =
    errorOf(state, "text") ??
    errorOf(state, "files") ??
    (state.status === "refused" ? state.message : undefined);
  return (
    <form ref={form} action={submit} className="bg-note text-note-ink">
      <input type="hidden" name="number" value={props.number} />
      <WritingField
        writing={writing}
        label="Internal note"
        error={error}
        form={form}
        names={agents}
      />
      <footer className="flex flex-wrap items-center gap-2 border-t border-note-line px-2.5 py-[9px]">
        <p className="grow text-sm">
          Only agents see notes. @ and a name tells that agent by mail.
        </p>
        <DraftMark writing={writing} />
        <SubmitButton busy="Adding…" pending={isPending} data-send>
          Add note
        </SubmitButton>
      </footer>
    </form>
  );
}
