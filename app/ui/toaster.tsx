"use client";

import { Check, X } from "lucide-react";
import { useActionState, useCallback, useEffect, useRef, useState } from "react";
import { type ActionState, idle } from "../action-state";
import { undoChange } from "../undo-actions";
import type { Language } from "../words/dictionary";
import { useWords } from "../words/language-context";
import { uiWords } from "../words/ui";
import { Button, SubmitButton } from "./button";

/** `undo` is the bulk change that a button beside the text undoes. */
export type Toast = { id: string; text: string; undo?: string; lang?: Language | undefined };

const SHOWN_MS = 10_000;
const EVENT = "mailroom:toast";

/** Says something in passing. Never the only place where an error stands. */
export function toast(text: string): void {
  window.dispatchEvent(
    new CustomEvent<Toast>(EVENT, { detail: { id: crypto.randomUUID(), text } }),
  );
}

/**
 * Where toasts appear: bottom right, ten seconds, longer while the pointer or the focus is on them.
 * `first` is what the last action left in the `toast` cookie; it shows without JavaScript as well.
 */
export function Toaster({ first }: { first: Toast | null }) {
  const [toasts, setToasts] = useState<Toast[]>(first ? [first] : []);
  const lastId = useRef(first?.id);

  const add = useCallback((next: Toast) => {
    setToasts((all) => [...all.filter((each) => each.id !== next.id), next].slice(-3));
  }, []);
  const remove = useCallback((id: string) => {
    setToasts((all) => all.filter((each) => each.id !== id));
  }, []);

  useEffect(() => {
    const onToast = (event: Event) => {
      if (event instanceof CustomEvent) add(event.detail);
    };
    window.addEventListener(EVENT, onToast);
    return () => window.removeEventListener(EVENT, onToast);
  }, [add]);

  useEffect(() => {
    if (!first) return;
    // Shown once: the next page must not show it again.
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
    document.cookie = "toast=; path=/; max-age=0";
    if (lastId.current === first.id) return;
    lastId.current = first.id;
    add(first);
  }, [first, add]);

  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-30 flex flex-col items-end gap-2 md:left-auto"
    >
      {toasts.map((each) => (
        <ToastLine key={each.id} toast={each} onClose={remove} />
      ))}
    </div>
  );
}

function ToastLine({ toast: shown, onClose }: { toast: Toast; onClose: (id: string) => void }) {
  const words = useWords(uiWords);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => onClose(shown.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld, onClose, shown.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: holding still is no interaction of its own
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex min-h-11 max-w-full items-center gap-2.5 rounded-panel border border-rule bg-float py-1 pr-1.5 pl-3.5 text-base shadow-float max-md:w-full"
    >
      <Check aria-hidden className="icon text-green" />
      <span lang={shown.lang} className="min-w-0 grow break-words">
        {shown.text}
      </span>
      {shown.undo && <Undo change={shown.undo} onDone={() => onClose(shown.id)} />}
      <Button
        variant="quiet"
        size="icon"
        aria-label={words.close}
        onClick={() => onClose(shown.id)}
      >
        <X aria-hidden className="icon" />
      </Button>
    </div>
  );
}

/** What came of it is said by the next toast; what was refused, here. */
function Undo({ change, onDone }: { change: string; onDone: () => void }) {
  const words = useWords(uiWords);
  const [state, submit] = useActionState<ActionState, FormData>(undoChange, idle);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => {
    if (state.status === "done") done.current();
  }, [state]);
  if (state.status === "refused" || state.status === "invalid")
    return (
      <span lang="en" className="text-sm text-red">
        {state.message}
      </span>
    );
  return (
    <form action={submit}>
      <input type="hidden" name="id" value={change} />
      <SubmitButton variant="default" size="small" busy={words.undoing} data-command="undo">
        {words.undo}
      </SubmitButton>
    </form>
  );
}
