"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type ActionState, typedOf } from "@/app/action-state";
import type { Upload } from "@/lib/uploads";
import type { Written } from "./draft-answer";
import { type DraftProps, useDraft } from "./use-draft";
import { useUploads } from "./use-uploads";

export type Writing = ReturnType<typeof useWriting>;

export type WritingProps = DraftProps & {
  /** Files that are on the draft. */
  uploads: Upload[];
  /** Bytes all files of a message may have together. */
  filesLimit: number;
};

type Options = WritingProps & {
  /** What became of the form. */
  state: ActionState;
  form: RefObject<HTMLFormElement | null>;
  /** Puts the fields of a draft that comes back into the form. */
  onFields?: (fields: Record<string, string>) => void;
};

/** The text of a form, and its draft. It is empty again once the form is done. */
export function useWriting({ state, onFields, ...options }: Options) {
  const { kind, number, draft: kept } = options;
  const [text, setText] = useState(typedOf(state, "text", kept?.text));
  const [html, setHtml] = useState<string | null>(null);
  const [discarded, setDiscarded] = useState<Written | null>(null);

  const show = (other: Written) => {
    setText(other.text);
    setHtml(other.html);
    setDiscarded(null);
    onFields?.(other.fields);
  };
  const uploads = useUploads({ ...options, there: options.uploads, limit: options.filesLimit });
  const draft = useDraft({ ...options, written: { text, html }, show });
  const { sent, discard, touch } = draft;
  const { clear, bring } = uploads;

  const doneWith = useRef(state);
  useEffect(() => {
    if (state === doneWith.current) return;
    doneWith.current = state;
    if (state.status !== "done") return;
    setText("");
    setHtml(null);
    clear();
    sent();
  }, [state, sent, clear]);

  const write = useCallback(
    (next: string | ((before: string) => string)) => {
      setText(next);
      setDiscarded(null);
      touch();
    },
    [touch],
  );

  return {
    ...{ kind, number, text, html, draft, uploads, write, discarded },
    isEmpty: text.trim() === "" && uploads.files.length === 0,
    /** What was taken back, before what has been begun since. */
    bringBack: (undone: { text: string; uploads: Upload[] }) => {
      write((begun) => [undone.text, begun].filter(Boolean).join("\n\n"));
      bring(undone.uploads);
    },
    discard: () => {
      uploads.discard();
      setDiscarded({ text, html, fields: {} });
      setText("");
      setHtml(null);
      discard();
    },
    /** Takes a discarded draft back. */
    restore: () => {
      if (!discarded) return;
      setText(discarded.text);
      setHtml(discarded.html);
      setDiscarded(null);
      touch();
    },
  };
}
