"use client";

import { useActionState, useEffect, useId, useRef, useState } from "react";
import { type ActionState, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import { Disclosure } from "@/app/ui/disclosure";
import { RelativeTime } from "@/app/ui/relative-time";
import { MailText } from "./mail-text";
import { writePersonNote } from "./manage-actions";
import { Refusal, refusalOf } from "./refusal";

type Props = {
  number: number;
  contactId: string;
  note: string;
  noteAt: Date | null;
  /** Who wrote it; null when they left. */
  noteBy: string | null;
};

/** What agents should know about this person, on every ticket of theirs. */
export function PersonNote({ number, contactId, note, noteAt, noteBy }: Props) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(writePersonNote, idle);
  // Null while nothing is typed: then what somebody else writes is taken over as it comes.
  const [typed, setTyped] = useState("values" in state ? typedOf(state, "note") : null);
  const [seenAt, setSeenAt] = useState(noteAt);
  if (typed === null && seenAt?.getTime() !== noteAt?.getTime()) setSeenAt(noteAt);
  const newest = useRef(noteAt);
  const area = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    newest.current = noteAt;
  }, [noteAt]);
  useEffect(() => {
    // They have been told, and may save what they typed all the same.
    if (state.status === "refused") setSeenAt(newest.current);
    if (state.status !== "done") return;
    setTyped(null);
    const fold = area.current?.querySelector("details");
    if (fold) fold.open = false;
    fold?.querySelector("summary")?.focus();
  }, [state]);
  const isRefused = refusalOf(state) !== undefined;
  return (
    <div ref={area}>
      {note && (
        <div className="mb-2 rounded-badge border border-note-line bg-note px-2.5 py-2 text-note-ink">
          <MailText text={note} />
          {noteAt && (
            <p className="mt-1 text-xs">
              <bdi>{noteBy ?? "Somebody who left"}</bdi>, <RelativeTime date={noteAt} />
            </p>
          )}
        </div>
      )}
      <Disclosure label={note ? "Edit" : "Write a note"} open={isRefused}>
        <form action={submit} aria-label="Note about this person" className="space-y-2">
          <input type="hidden" name="number" value={number} />
          <input type="hidden" name="contactId" value={contactId} />
          <input type="hidden" name="seenAt" value={seenAt?.toISOString() ?? ""} />
          <label htmlFor={id} className="sr-only">
            Note about this person
          </label>
          <textarea
            id={id}
            name="note"
            dir="auto"
            rows={4}
            value={typed ?? note}
            onChange={(event) => setTyped(event.target.value)}
            aria-invalid={isRefused || undefined}
            aria-describedby={isRefused ? `${id}-error` : undefined}
            className={classNames(
              "block w-full rounded-control border bg-sheet px-2.5 py-2 text-base field-sizing-content max-md:text-lg",
              isRefused ? "border-red" : "border-edge",
            )}
          />
          <Refusal state={state} id={`${id}-error`} />
          <SubmitButton variant="default" size="small" busy="Saving…" pending={isPending}>
            Save note
          </SubmitButton>
          <p className="text-ink-3">Only agents see it, on every ticket of this person.</p>
        </form>
      </Disclosure>
    </div>
  );
}
