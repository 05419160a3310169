"use client";

import type { KeyboardEvent, RefObject } from "react";
import { Button } from "@/app/ui/button";
import { DraftLine, DraftTrouble } from "./draft-line";
import { AttachButton, PlainAttach, UploadList } from "./upload-list";
import type { Writing } from "./use-writing";

/** Where both forms are written in: Ctrl or ⌘ and Enter sends, and the draft is kept. */
export function WritingField({
  writing,
  label,
  error,
  form,
}: {
  writing: Writing;
  label: string;
  error: string | undefined;
  form: RefObject<HTMLFormElement | null>;
}) {
  const { kind, draft } = writing;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit(form.current.querySelector<HTMLButtonElement>("[data-send]"));
  };
  return (
    <>
      <input type="hidden" name="draft" value={draft.version ?? ""} />
      <label htmlFor={`${kind}-text`} className="sr-only">
        {label}
      </label>
      <textarea
        id={`${kind}-text`}
        name="text"
        dir="auto"
        rows={5}
        value={writing.text}
        onChange={(event) => writing.write(event.target.value)}
        onKeyDown={onKeyDown}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${kind}-error` : undefined}
        className="block min-h-24 w-full resize-y bg-transparent px-3.5 pt-3 pb-4 text-mail field-sizing-content -outline-offset-2 max-md:text-lg"
      />
      {error && (
        <p id={`${kind}-error`} role="alert" className="px-3.5 pb-3 text-sm text-red">
          {error}
        </p>
      )}
      <UploadList uploads={writing.uploads} />
      <PlainAttach kind={kind} />
      <DraftTrouble draft={draft} number={writing.number} onDiscard={writing.discard} />
      <div className="flex min-h-9 flex-wrap items-center gap-2 px-2.5 pb-1.5">
        <AttachButton kind={kind} uploads={writing.uploads} />
        <span className="grow text-sm text-ink-2">
          {writing.uploads.isOver && "Drop the files to attach them."}
        </span>
        {writing.discarded && (
          <span role="status" className="flex items-center gap-1.5 text-sm text-ink-2">
            Draft discarded
            <Button variant="quiet" size="small" onClick={writing.restore}>
              Undo
            </Button>
          </span>
        )}
        <DraftLine state={draft.state} isEmpty={writing.isEmpty} onDiscard={writing.discard} />
      </div>
    </>
  );
}
