"use client";

import type { Editor } from "@tiptap/react";
import { Bold, Code, Italic, Link2, List, ListOrdered, Quote } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";

export type Format = (typeof FORMATS)[number]["format"];

const FORMATS = [
  { format: "bold", word: "Bold", Icon: Bold, node: "bold" },
  { format: "italic", word: "Italic", Icon: Italic, node: "italic" },
  { format: "list", word: "List", Icon: List, node: "bulletList" },
  { format: "numbers", word: "Numbered list", Icon: ListOrdered, node: "orderedList" },
  { format: "quote", word: "Quote", Icon: Quote, node: "blockquote" },
  { format: "code", word: "Code", Icon: Code, node: "code" },
  { format: "link", word: "Link", Icon: Link2, node: "link" },
] as const;

/** Formats at the selection; a link needs an address, see LinkField. */
export function applyFormat(editor: Editor, format: Format): void {
  const chain = editor.chain().focus();
  switch (format) {
    case "bold":
      chain.toggleBold().run();
      break;
    case "italic":
      chain.toggleItalic().run();
      break;
    case "list":
      chain.toggleBulletList().run();
      break;
    case "numbers":
      chain.toggleOrderedList().run();
      break;
    case "quote":
      chain.toggleBlockquote().run();
      break;
    case "code":
      chain.toggleCode().run();
      break;
    case "link":
      chain.run();
  }
}

/** The formats that hold at the selection. */
export function formatsAt(editor: Editor): Format[] {
  return FORMATS.filter(({ node }) => editor.isActive(node)).map(({ format }) => format);
}

/** Buttons for formatting. The first press loads the editor. */
export function FormatBar({
  active,
  onFormat,
}: {
  active: Format[];
  onFormat: (format: Format) => void;
}) {
  return (
    <div
      role="toolbar"
      aria-label="Formatting"
      className="flex flex-wrap max-md:contents [@media(scripting:none)]:hidden"
    >
      {FORMATS.map(({ format, word, Icon }) => {
        const isOn = active.includes(format);
        return (
          <Button
            key={format}
            variant="quiet"
            size="icon"
            aria-label={word}
            aria-pressed={isOn}
            title={word}
            // The selection stays where it is.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onFormat(format)}
            className={classNames(
              isOn && "bg-selected text-ink inset-shadow-[0_-2px_var(--accent)]",
            )}
          >
            <Icon aria-hidden className="icon" />
          </Button>
        );
      })}
    </div>
  );
}

/** Where a link leads. */
export function LinkField({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const href: unknown = editor.getAttributes("link").href;
  const [address, setAddress] = useState(typeof href === "string" ? href : "");
  const [isWrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const apply = () => {
    const target = targetOf(address);
    if (!target) {
      setWrong(true);
      input.current?.focus();
      return;
    }
    setLink(editor, target);
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") return apply();
    editor.commands.focus();
    onDone();
  };
  return (
    <div className="flex flex-wrap items-center gap-2 px-3.5 pb-2 text-sm">
      <label htmlFor="link-address" className="font-semibold">
        Link to
      </label>
      <input
        ref={input}
        id="link-address"
        // It belongs to the text, not to the form.
        form=""
        // biome-ignore lint/a11y/noAutofocus: it was asked for by its button
        autoFocus
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        value={address}
        onChange={(event) => {
          setAddress(event.target.value);
          setWrong(false);
        }}
        onKeyDown={onKeyDown}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? "link-error" : undefined}
        className="min-h-8 min-w-0 grow rounded-control border border-edge bg-sheet px-2.5 max-md:min-h-11"
      />
      <Button size="small" onClick={apply}>
        Set link
      </Button>
      {typeof href === "string" && (
        <Button
          size="small"
          onClick={() => {
            editor.chain().focus().extendMarkRange("link").unsetLink().run();
            onDone();
          }}
        >
          Remove link
        </Button>
      )}
      {isWrong && (
        <p id="link-error" role="alert" className="basis-full text-red">
          That is no address a link can lead to: write it like https://example.com.
        </p>
      )}
    </div>
  );
}

function setLink(editor: Editor, href: string): void {
  const chain = editor.chain().focus().extendMarkRange("link");
  if (editor.state.selection.empty && !editor.isActive("link"))
    chain
      .insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] })
      .run();
  else chain.setLink({ href }).run();
}

/** null when it is no address that may stand in a mail. */
function targetOf(typed: string): string | null {
  const text = typed.trim();
  if (text === "") return null;
  const full = /^[a-z][a-z0-9+.-]*:/i.test(text)
    ? text
    : /^[^\s/@]+@[^\s/@]+$/.test(text)
      ? `mailto:${text}`
      : `https://${text}`;
  return /^(https?:\/\/[^/\s]|mailto:\S|tel:\S)/i.test(full) && URL.canParse(full) ? full : null;
}
