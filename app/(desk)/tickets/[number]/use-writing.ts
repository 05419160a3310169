"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type ActionState, typedOf } from "@/app/action-state";
import type { Upload } from "@/lib/uploads";
import type { Written } from "./draft-answer";
import { htmlOf, isFormatted } from "./rich-content";
import type { RichStart } from "./rich-text";
import { type DraftProps, useDraft } from "./use-draft";
import { useUploads } from "./use-uploads";

/** Where a browser keeps how it begins: "rich" or "plain". */
const WRITING_COOKIE = "writing";

export type Writing = ReturnType<typeof useWriting>;

export type WritingProps = DraftProps & {
  /** Files that are on the draft. */
  uploads: Upload[];
  /** Bytes all files of a message may have together. */
  filesLimit: number;
  /** Whether this browser is to begin with formatted text. */
  prefersRich: boolean;
};

type Options = WritingProps & {
  /** What became of the form. */
  state: ActionState;
  form: RefObject<HTMLFormElement | null>;
  /** Puts the fields of a draft that comes back into the form. */
  onFields?: (fields: Record<string, string>) => void;
};

/** The text of a form, its files and its draft. All is empty again once the form is done. */
export function useWriting({ state, onFields, ...options }: Options) {
  const { kind, number, draft: kept } = options;
  const firstText = typedOf(state, "text", kept?.text);
  const box = useText(firstText, firstText === kept?.text ? kept.html : null);
  const { text, html } = box;
  const [prefersRich, setPrefersRich] = useState(options.prefersRich);
  const [discarded, setDiscarded] = useState<Pick<Written, "text" | "html"> | null>(null);

  const show = (other: Written) => {
    box.set(other.text, other.html);
    setDiscarded(null);
    onFields?.(other.fields);
  };
  const uploads = useUploads({ ...options, there: options.uploads, limit: options.filesLimit });
  const draft = useDraft({ ...options, written: { text, html }, show });
  const { sent, notSent, discard, touch } = draft;
  const { clear, bring } = uploads;

  const doneWith = useRef(state);
  const { set, clear: clearText } = box;
  useEffect(() => {
    if (state === doneWith.current) return;
    doneWith.current = state;
    if (state.status !== "done") {
      notSent();
      return;
    }
    clearText(prefersRich);
    clear();
    sent();
    // The editor that had the focus is gone.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body)
        document.getElementById(`${kind}-text`)?.focus();
    });
  }, [state, sent, notSent, clear, clearText, prefersRich, kind]);

  const { change } = box;
  const write = useCallback(
    (text: string, html: string | null = null) => {
      change(text, html);
      setDiscarded(null);
      touch();
    },
    [touch, change],
  );

  return {
    ...{ kind, number, text, html, draft, uploads, write, discarded },
    ...{ prefersRich, rich: box.rich, makeRich: box.makeRich },
    /** How this browser begins from now on; plain text is plain at once. */
    prefer: (isRich: boolean) => {
      keepChoice(isRich);
      setPrefersRich(isRich);
      if (isRich) return;
      box.makePlain();
      touch();
    },
    isEmpty: text.trim() === "" && uploads.files.length === 0,
    /** What was taken back, before what has been begun since. */
    bringBack: (undone: { text: string; html: string | null; uploads: Upload[] }) => {
      const formatted =
        undone.html || html
          ? (undone.html ?? htmlOf(undone.text)) + (html ?? (text && htmlOf(text)))
          : null;
      set([undone.text, text].filter(Boolean).join("\n\n"), formatted);
      bring(undone.uploads);
      touch();
    },
    discard: () => {
      uploads.discard();
      setDiscarded({ text, html });
      set("", null);
      discard();
    },
    /** Takes a discarded draft back. */
    restore: () => {
      if (!discarded) return;
      set(discarded.text, discarded.html);
      setDiscarded(null);
      touch();
    },
  };
}

const YEAR_SECONDS = 365 * 86_400;

function keepChoice(isRich: boolean): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${WRITING_COOKIE}=${isRich ? "rich" : "plain"}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

/** Text with or without formatting. `rich` is what the editor was last begun with; null: plain text. */
function useText(firstText: string, firstHtml: string | null) {
  const [text, setText] = useState(firstText);
  const [html, setHtml] = useState(firstHtml);
  const [rich, setRich] = useState<(RichStart & { key: number }) | null>(null);
  const count = useRef(0);
  const begin = useCallback((start: RichStart) => {
    count.current += 1;
    setRich({ ...start, key: count.current });
  }, []);

  // Before JavaScript the words alone are shown.
  const first = useRef({ text: firstText, html: firstHtml });
  useEffect(() => {
    const { text, html } = first.current;
    if (html) begin({ text, html, selection: null });
  }, [begin]);

  return {
    ...{ text, html, rich },
    /** Somebody typed. */
    change: useCallback((text: string, html: string | null) => {
      setText(text);
      setHtml(html && isFormatted(html) ? html : null);
    }, []),
    /** Another text takes its place. */
    set: useCallback((text: string, html: string | null) => {
      setText(text);
      setHtml(html);
      setRich((now) => {
        if (!now && !html) return null;
        count.current += 1;
        return { text, html, selection: null, key: count.current };
      });
    }, []),
    /** Nothing is left; the editor stays where it is wanted. */
    clear: useCallback(
      (staysRich: boolean) => {
        setText("");
        setHtml(null);
        if (staysRich) begin({ text: "", html: null, selection: null });
        else setRich(null);
      },
      [begin],
    ),
    makeRich: (selection: RichStart["selection"]) => begin({ text, html, selection }),
    makePlain: () => {
      setHtml(null);
      setRich(null);
    },
  };
}
