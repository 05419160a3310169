"use client";

import { useRouter } from "next/navigation";
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";
import { MENU_ID } from "../ui/menu-id";
import { toast } from "../ui/toaster";
import { keysWords } from "../words/keys";
import { useWords } from "../words/language-context";
import { type Command, commandsFor } from "./commands";
import { isMacNow, KeysContext } from "./key-hint";
import { isSingleKey, keyOf, meaningOf } from "./key-press";
import { keepTrail } from "./list-trail";
import { keepPlace, moveFocus, openRow, selectRow } from "./rows";
import { pressButton } from "./ticket-commands";

type LayerProps = {
  commands: readonly Command[];
  onRun: (command: Command) => boolean;
  onClose: () => void;
};
type Layer = { default: (props: LayerProps) => ReactNode };

const Palette = lazy<Layer["default"]>(() =>
  import("./palette").then(({ Palette }): Layer => ({ default: Palette })).catch(notFetched),
);
const KeySheet = lazy<Layer["default"]>(() =>
  import("./key-sheet").then(({ KeySheet }): Layer => ({ default: KeySheet })).catch(notFetched),
);

/** How long the first of two keys waits for the second. */
const SECOND_KEY_MS = 3000;

type Props = { singleKeys: boolean; isAdmin: boolean; children: ReactNode };

/** The desk's keyboard: shortcuts, command palette and the sheet of keys, fetched at first use. */
export function KeysProvider({ singleKeys, isAdmin, children }: Props) {
  const router = useRouter();
  const [shown, setShown] = useState<"palette" | "sheet" | null>(null);
  // Opened again is a new one, whether or not the browser has said yet that the last one was closed.
  const [times, setTimes] = useState(0);
  const close = useCallback(() => setShown(null), []);
  const commands = useMemo(() => commandsFor(isAdmin), [isAdmin]);
  const context = useMemo(() => {
    const open = (what: "palette" | "sheet") => {
      const menu = document.getElementById(MENU_ID);
      if (menu?.matches(":popover-open")) menu.hidePopover();
      setShown(what);
      setTimes((before) => before + 1);
    };
    return { singleKeys, openPalette: () => open("palette"), openSheet: () => open("sheet") };
  }, [singleKeys]);
  const run = useCallback(
    (command: Command): boolean => {
      switch (command.id) {
        case "palette":
          context.openPalette();
          return true;
        case "keys":
          context.openSheet();
          return true;
        case "search":
          if (!focusSearch()) context.openPalette();
          return true;
        case "next-row":
          return moveFocus(1);
        case "previous-row":
          return moveFocus(-1);
        case "open-row":
          return openRow();
        case "select-row":
          return selectRow();
      }
      if (!command.href) return pressButton(command);
      router.push(command.href);
      return true;
    },
    [context, router],
  );
  useShortcuts(commands, singleKeys, run);
  useEffect(keepPlace, []);
  useEffect(keepTrail, []);
  return (
    <KeysContext value={context}>
      {children}
      <Suspense fallback={null}>
        {shown === "palette" && (
          <Palette key={times} commands={commands} onRun={run} onClose={close} />
        )}
        {shown === "sheet" && (
          <KeySheet key={times} commands={commands} onRun={run} onClose={close} />
        )}
      </Suspense>
    </KeysContext>
  );
}

/** The first of two keys, until the second: it outlives a page, as the two may be typed around a change. */
let first: { key: string; at: number } | null = null;

function useShortcuts(
  commands: readonly Command[],
  singleKeys: boolean,
  run: (command: Command) => boolean,
): void {
  // Before the page is shown: a key that is typed as soon as it can be seen has to find somebody.
  useLayoutEffect(() => {
    const isMac = isMacNow();
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (singleKeys && event.key === "Escape") {
        leaveSearch(event);
        return;
      }
      const key = keyOf(event, isMac);
      if (key === null || isLayerOpen()) return;
      if (isSingleKey(key) && (!singleKeys || isTyping(event.target))) return;
      const waiting = first && event.timeStamp - first.at < SECOND_KEY_MS ? first.key : null;
      const meaning = meaningOf(key, waiting, commands);
      first = meaning && "first" in meaning ? { key: meaning.first, at: event.timeStamp } : null;
      if (!meaning || "first" in meaning) return;
      if (event.repeat && !meaning.command.repeats) return;
      if (run(meaning.command)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [commands, singleKeys, run]);
}

/** An error would take the page away, and with it what somebody has typed there. */
const notFetched = (): Layer => ({ default: NotFetched });

function NotFetched({ onClose }: LayerProps): ReactNode {
  const { notFetched: text } = useWords(keysWords);
  useEffect(() => {
    toast(text);
    onClose();
  }, [onClose, text]);
  return null;
}

const TEXT =
  "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=textbox]";

/** Whether keys are text where they go. A checkbox takes none: the rows have some. */
function isTyping(target: EventTarget | null): boolean {
  const field = target instanceof Element ? target.closest(TEXT) : null;
  return field !== null && field.getAttribute("contenteditable") !== "false";
}

const LAYERS =
  "dialog[open], :popover-open, [role=dialog], [role=alertdialog], [role=menu], [role=listbox]";

/** Whether a dialog or a menu is open: its keys are its own. */
function isLayerOpen(): boolean {
  return [...document.querySelectorAll(LAYERS)].some((layer) => layer.checkVisibility());
}

const SEARCH = 'main input[name="q"]';

/** Escape leads out of the search field, so that keys are commands again; the words stay. */
function leaveSearch(event: KeyboardEvent): void {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !field.matches(SEARCH) || isLayerOpen()) return;
  field.blur();
  event.preventDefault();
}

/** Goes to the search field of this page. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>(SEARCH);
  field?.focus();
  field?.select();
  return field !== null;
}
