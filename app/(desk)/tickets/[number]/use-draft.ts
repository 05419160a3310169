"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Draft, DraftKind } from "@/lib/tickets/drafts";
import { isSame, type Written } from "./draft-answer";
import { draftFieldsOf } from "./draft-fields";
import { DraftSaver, type SaveState, type Stash } from "./draft-saver";

export type DraftProps = {
  number: number;
  kind: DraftKind;
  viewerId: string;
  /** What was kept when the page was made. */
  draft: Draft | null;
};

type Options = DraftProps & {
  form: RefObject<HTMLFormElement | null>;
  /** What stands in the form now. */
  written: { text: string; html: string | null };
  /** Puts another text into the form. */
  show: (written: Written) => void;
};

export type KeptDraft = ReturnType<typeof useDraft>;

/** Keeps what stands in a form as a draft, and says how that goes. */
export function useDraft({ number, kind, viewerId, draft, form, written, show }: Options) {
  const [state, setState] = useState<SaveState>({ status: draft ? "saved" : "idle" });
  const [version, setVersion] = useState(draft?.savedAt ?? null);
  const latest = useRef({ written, show });
  useEffect(() => {
    latest.current = { written, show };
  });
  const first = useRef(draft);
  const saver = useRef<DraftSaver | null>(null);
  /** Written between the page's first paint and the saver: what was rendered last may not say so. */
  const isEarly = useRef(false);

  useEffect(() => {
    const made = new DraftSaver({
      ...{ number, kind, viewerId, base: first.current?.savedAt ?? null },
      read: () => ({
        ...latest.current.written,
        fields: form.current ? draftFieldsOf(new FormData(form.current)) : {},
      }),
      onState: setState,
      onVersion: setVersion,
    });
    saver.current = made;
    const stashed = made.stashed();
    if (stashed) restore(made, stashed, first.current, latest.current.show);
    // Typed before this ran, or come back with an error before JavaScript.
    else if (isEarly.current || latest.current.written.text !== (first.current?.text ?? ""))
      made.touch();
    isEarly.current = false;
    const onPart = () => made.part();
    const onHide = () => document.hidden && made.part();
    window.addEventListener("pagehide", onPart);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      // Inside the app a ticket is left without the page going away.
      made.part();
      made.stop();
      window.removeEventListener("pagehide", onPart);
      document.removeEventListener("visibilitychange", onHide);
    };
  }, [number, kind, viewerId, form]);

  // Saved in another tab, while nothing new stands in this one.
  useEffect(() => {
    if (!draft || !saver.current?.isClean || !saver.current.isNews(draft)) return;
    saver.current.adopt(draft.savedAt);
    latest.current.show(draft);
    setState({ status: "saved" });
  }, [draft]);

  const touch = useCallback(() => {
    if (saver.current) saver.current.touch();
    else isEarly.current = true;
  }, []);

  // The addresses, and what other parts of the form hold.
  useEffect(() => {
    const element = form.current;
    element?.addEventListener("input", touch);
    element?.addEventListener("change", touch);
    const onSubmit = (event: Event) => !event.defaultPrevented && saver.current?.pause();
    element?.addEventListener("submit", onSubmit);
    return () => {
      element?.removeEventListener("input", touch);
      element?.removeEventListener("change", touch);
      element?.removeEventListener("submit", onSubmit);
    };
  }, [form, touch]);

  return {
    state,
    version,
    touch,
    /** It was not sent after all. */
    notSent: useCallback(() => saver.current?.resume(), []),
    /** It was sent. */
    sent: useCallback(() => void saver.current?.end(false), []),
    discard: useCallback(() => void saver.current?.end(true), []),
    takeOver: useCallback((from: string | null) => saver.current?.takeOver(from), []),
    /** Shows another version of it. */
    use: useCallback((other: Draft) => {
      saver.current?.adopt(other.savedAt);
      latest.current.show(other);
      setState({ status: "saved" });
    }, []),
  };
}

/** Shows what the tab kept, unless the server has the same or a newer one; neither is lost. */
function restore(
  saver: DraftSaver,
  stashed: Stash,
  kept: Draft | null,
  show: (written: Written) => void,
): void {
  const isOlder = kept !== null && kept.savedAt > (stashed.base ?? "");
  if (kept && (isSame(stashed, kept) || (isOlder && !stashed.isDirty))) {
    saver.unstash();
    return;
  }
  show(stashed);
  if (kept && isOlder) saver.overtake(kept);
  else saver.takeOver(stashed.base);
}
