"use client";

import { type Editor, EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useEffect, useRef } from "react";
import { BETWEEN_PARAGRAPHS, contentOf } from "./rich-content";

/** What the editor begins with. */
export type RichStart = {
  /** Formatted, or else the plain text. */
  html: string | null;
  text: string;
  /** What was selected in the plain text; null leaves the focus where it is. */
  selection: { from: number; to: number } | null;
};

export type RichTextProps = {
  id: string;
  label: string;
  errorId: string | undefined;
  start: RichStart;
  onChange: (written: { text: string; html: string }) => void;
  /** @returns whether the key was for somebody else. */
  onKeyDown: (event: KeyboardEvent) => boolean;
  /** Something changed: text, selection, or what is formatted at it. */
  onState: (editor: Editor | null) => void;
};

const EXTENSIONS = [
  StarterKit.configure({
    ...{ heading: false, horizontalRule: false, strike: false, underline: false },
    link: { openOnClick: false, protocols: ["mailto", "tel"], defaultProtocol: "https" },
  }),
];

/** The editor for formatted text. It and its library are loaded when somebody formats something. */
export default function RichText(props: RichTextProps) {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { start, id, label, errorId } = props;
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: start.html ?? contentOf(start.text),
    immediatelyRender: false,
    // The page's policy allows no style that is not ours: they stand in globals.css.
    injectCSS: false,
    editorProps: {
      attributes: {
        ...{ id, role: "textbox", "aria-multiline": "true", "aria-label": label, dir: "auto" },
        ...(errorId ? { "aria-invalid": "true", "aria-describedby": errorId } : {}),
        class: "rich-text min-h-24 px-3.5 pt-3 pb-4 text-mail -outline-offset-2 max-md:text-lg",
      },
      handleKeyDown: (_view, event) => latest.current.onKeyDown(event),
    },
    onCreate: ({ editor }) => {
      const { selection } = start;
      if (selection) {
        editor.commands.setTextSelection({ from: selection.from + 1, to: selection.to + 1 });
        // At once: the library's own focus comes a frame later, and keys pressed before it are lost or
        // meet the selection of before.
        editor.view.focus();
      }
      latest.current.onState(editor);
    },
    onUpdate: ({ editor }) =>
      latest.current.onChange({
        text: editor.getText({ blockSeparator: BETWEEN_PARAGRAPHS }),
        html: editor.getHTML(),
      }),
    onTransaction: ({ editor }) => latest.current.onState(editor),
    onDestroy: () => latest.current.onState(null),
  });
  return <EditorContent editor={editor} />;
}
