"use client";

import type { Editor } from "@tiptap/react";
import { MessageSquareQuote } from "lucide-react";
import { type ComponentType, type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "@/app/ui/button";
import { DraftLine, DraftTrouble } from "./draft-line";
import { applyFormat, type Format, FormatBar, formatsAt, LinkField } from "./formatting";
import type { RichTextProps } from "./rich-text";
import { SuggestionList } from "./suggestion-list";
import { AttachButton, PlainAttach, UploadList } from "./upload-list";
import { type Suggestions, useSuggestions } from "./use-suggestions";
import type { Writing } from "./use-writing";

type Props = {
  writing: Writing;
  label: string;
  error: string | undefined;
  form: RefObject<HTMLFormElement | null>;
  /** Agents who can be named by "@"; null where it tells nobody. */
  names?: readonly { id: string; name: string }[] | null;
};

/**
 * Where both forms are written in: Ctrl or ⌘ and Enter sends, "/" finds canned replies, a reply can be
 * formatted, files can be attached, and the draft is kept.
 */
export function WritingField({ writing, label, error, form, names = null }: Props) {
  const { kind, draft, uploads } = writing;
  const box = useBox({ writing, form, names });
  const { suggestions } = box;
  const listId = `${kind}-suggestions`;
  const errorId = error ? `${kind}-error` : undefined;
  return (
    <>
      <input type="hidden" name="draft" value={draft.version ?? ""} />
      {/* Before JavaScript the words may be changed, and this would still be what they were. */}
      {writing.rich && writing.html && <input type="hidden" name="html" value={writing.html} />}
      {writing.rich && box.RichText ? (
        <>
          <input type="hidden" name="text" value={writing.text} />
          <box.RichText
            key={writing.rich.key}
            id={`${kind}-text`}
            {...{ label, errorId, start: writing.rich }}
            onChange={({ text, html }) => writing.write(text, html)}
            onKeyDown={box.onKey}
            onState={box.onEditor}
          />
        </>
      ) : (
        <PlainBox {...{ writing, label, errorId, box }} />
      )}
      <SuggestionList id={listId} suggestions={suggestions} />
      {error && (
        <p id={errorId} role="alert" className="px-3.5 pb-3 text-sm text-red">
          {error}
        </p>
      )}
      <UploadList uploads={uploads} />
      <PlainAttach kind={kind} />
      <DraftTrouble draft={draft} number={writing.number} onDiscard={writing.discard} />
      {box.editor && box.isLinking && (
        <LinkField editor={box.editor} onDone={() => box.setLinking(false)} />
      )}
      <Tools {...{ writing, box }} />
    </>
  );
}

type Box = ReturnType<typeof useBox>;

/** The text field of the moment, plain or rich, as the buttons and lists around it see it. */
function useBox({ writing, form, names }: Required<Pick<Props, "writing" | "form" | "names">>) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [active, setActive] = useState<Format[]>([]);
  const [isLinking, setLinking] = useState(false);
  /** What the first press of a button wanted, until the editor is there. */
  const wanted = useRef<Format | null>(null);
  const { number, rich } = writing;
  const latest = useRef(writing);
  useEffect(() => {
    latest.current = writing;
  });
  const [RichText, setRichText] = useState<ComponentType<RichTextProps> | null>(null);

  // The plain field stays, with the focus in it, until the editor can take its place.
  const load = async () => {
    const { default: loaded } = await import("./rich-text");
    setRichText(() => loaded);
  };
  const isMissing = rich !== null && RichText === null;
  useEffect(() => {
    if (isMissing)
      void import("./rich-text").then(({ default: loaded }) => setRichText(() => loaded));
  }, [isMissing]);
  const becomeRich = async () => {
    await load();
    const { selectionStart: from = 0, selectionEnd: to = 0 } = area.current ?? {};
    if (!latest.current.rich) latest.current.makeRich({ from, to });
  };

  const suggestions = useSuggestions({
    ...{ number, names },
    replace: (length, text) => {
      if (editor) replaceIn(editor, length, text);
      else if (area.current) writing.write(replacedIn(area.current, length, text));
    },
  });

  const format = (which: Format) => {
    if (!editor) {
      wanted.current = which;
      void becomeRich();
      return;
    }
    if (which === "link") setLinking(true);
    else applyFormat(editor, which);
  };

  return {
    ...{ RichText, area, editor, active, isLinking, setLinking, suggestions, format },
    onKey: (event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "preventDefault">) => {
      const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      if (!isSend && !suggestions.onKey(event.key)) return false;
      event.preventDefault();
      if (isSend)
        form.current?.requestSubmit(form.current.querySelector<HTMLButtonElement>("[data-send]"));
      return true;
    },
    onEditor: (now: Editor | null) => {
      setEditor(now);
      if (!now) {
        setActive([]);
        setLinking(false);
        return;
      }
      const first = wanted.current;
      wanted.current = null;
      if (first === "link") setLinking(true);
      else if (first) applyFormat(now, first);
      setActive(formatsAt(now));
      if (now.isFocused) suggestions.look(textBefore(now));
    },
    /** Who has chosen formatted text gets the editor when they begin. */
    onPlainFocus: () => {
      if (writing.kind === "reply" && writing.prefersRich && !writing.rich) void becomeRich();
    },
    /** Opens the list of canned replies, as "/" does. */
    callReplies: () => {
      suggestions.refresh();
      if (editor) {
        const space = /\S$/.test(textBefore(editor)) ? " " : "";
        editor.chain().focus().insertContent(`${space}/`).run();
        return;
      }
      const element = area.current;
      if (!element) return;
      element.focus();
      const before = element.value.slice(0, element.selectionStart);
      writing.write(replacedIn(element, 0, /\S$/.test(before) ? " /" : "/"));
      suggestions.look(element.value.slice(0, element.selectionStart));
    },
  };
}

function PlainBox({
  writing,
  label,
  errorId,
  box,
}: {
  writing: Writing;
  label: string;
  errorId: string | undefined;
  box: Box;
}) {
  const { kind } = writing;
  const { suggestions, area } = box;
  const look = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) => {
    if (selectionStart === selectionEnd) suggestions.look(value.slice(0, selectionStart));
  };
  return (
    <>
      <label htmlFor={`${kind}-text`} className="sr-only">
        {label}
      </label>
      <textarea
        ref={area}
        id={`${kind}-text`}
        name="text"
        readOnly={writing.rich !== null}
        dir="auto"
        rows={5}
        value={writing.text}
        onChange={({ target }) => {
          writing.write(target.value);
          look(target);
        }}
        onSelect={({ currentTarget }) => look(currentTarget)}
        onFocus={box.onPlainFocus}
        onBlur={suggestions.close}
        onKeyDown={box.onKey}
        aria-invalid={errorId ? true : undefined}
        aria-describedby={errorId}
        {...listProps(kind, suggestions)}
        className="block min-h-24 w-full resize-y bg-transparent px-3.5 pt-3 pb-4 text-mail field-sizing-content -outline-offset-2 max-md:text-lg"
      />
    </>
  );
}

/** What a screen reader is told of the list. */
function listProps(kind: string, { isShown, items, active }: Suggestions) {
  if (!isShown || items.length === 0) return {};
  const id = `${kind}-suggestions`;
  return {
    "aria-autocomplete": "list" as const,
    "aria-controls": id,
    "aria-activedescendant": `${id}-${active}`,
  };
}

function Tools({ writing, box }: { writing: Writing; box: Box }) {
  const { kind, uploads } = writing;
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-1 gap-y-1 px-2.5 pb-1.5">
      <AttachButton kind={kind} uploads={uploads} />
      <Button
        variant="quiet"
        size="icon"
        aria-label="Canned replies"
        title="Canned replies: / at the start of a word"
        className="[@media(scripting:none)]:hidden"
        onMouseDown={(event) => event.preventDefault()}
        onClick={box.callReplies}
      >
        <MessageSquareQuote aria-hidden className="icon" />
      </Button>
      {kind === "reply" && (
        <>
          <FormatBar active={box.active} onFormat={box.format} />
          {writing.rich && (
            <Button variant="quiet" size="small" onClick={() => writing.prefer(false)}>
              Plain text
            </Button>
          )}
          {writing.rich && !writing.prefersRich && (
            <Button variant="quiet" size="small" onClick={() => writing.prefer(true)}>
              Always formatted
            </Button>
          )}
        </>
      )}
      {uploads.isOver && <span className="text-sm text-ink-2">Drop the files to attach them.</span>}
    </div>
  );
}

/** Beside the buttons that send: whether the draft is kept, and ways to discard it and get it back. */
export function DraftMark({ writing }: { writing: Writing }) {
  return (
    <>
      {writing.discarded && (
        <span role="status" className="flex items-center gap-1.5 text-sm text-ink-2">
          Draft discarded
          <Button variant="quiet" size="small" onClick={writing.restore}>
            Undo
          </Button>
        </span>
      )}
      <DraftLine
        state={writing.draft.state}
        isEmpty={writing.isEmpty}
        onDiscard={writing.discard}
      />
    </>
  );
}

/** Puts text before the caret of a plain field. @returns the whole text. */
function replacedIn(element: HTMLTextAreaElement, length: number, text: string): string {
  const caret = element.selectionStart;
  element.setRangeText(text, caret - length, element.selectionEnd, "end");
  element.focus();
  return element.value;
}

function replaceIn(editor: Editor, length: number, text: string): void {
  const { from } = editor.state.selection;
  const lines = text
    .split("\n")
    .flatMap((line, index) => [
      ...(index > 0 ? [{ type: "hardBreak" }] : []),
      ...(line === "" ? [] : [{ type: "text", text: line }]),
    ]);
  editor
    .chain()
    .focus()
    .deleteRange({ from: from - length, to: from })
    .insertContent(lines)
    .run();
}

/** What stands before the caret in its paragraph. */
function textBefore(editor: Editor): string {
  const { $from, empty } = editor.state.selection;
  if (!empty) return "";
  return $from.parent.textBetween(0, $from.parentOffset, "\n", "\n");
}
