"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type ActionState, typedOf } from "@/app/action-state";
import type { Written } from "./draft-answer";
import { type DraftProps, useDraft } from "./use-draft";

export type Writing = ReturnType<typeof useWriting>;

type Options = DraftProps & {
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
  const draft = useDraft({ ...options, written: { text, html }, show });
  const { sent, discard, touch } = draft;

  const doneWith = useRef(state);
  useEffect(() => {
    if (state === doneWith.current) return;
    doneWith.current = state;
    if (state.status !== "done") return;
    setText("");
    setHtml(null);
    sent();
  }, [state, sent]);

  const write = useCallback(
    (next: string | ((before: string) => string)) => {
      setText(next);
      setDiscarded(null);
      touch();
    },
    [touch],
  );

  return {
    ...{ kind, number, text, html, draft, write, discarded },
    isEmpty: text.trim() === "",
    discard: () => {
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
