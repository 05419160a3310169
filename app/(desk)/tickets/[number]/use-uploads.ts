"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { DraftKind } from "@/lib/tickets/drafts";
import type { Upload } from "@/lib/uploads";
import { fileOf, type QueuedFile, UploadQueue } from "./upload-queue";

type Options = {
  number: number;
  kind: DraftKind;
  /** What is on the draft already. */
  there: Upload[];
  /** Bytes all files of the message may have together. */
  limit: number;
  form: RefObject<HTMLFormElement | null>;
};

export type Uploads = ReturnType<typeof useUploads>;

/** The files of a form: by its button, dropped onto it, or pasted into it. */
export function useUploads({ number, kind, there, limit, form }: Options) {
  const [files, setFiles] = useState<QueuedFile[]>(() => there.map(fileOf));
  const [isOver, setOver] = useState(false);
  const [isHeldUp, setHeldUp] = useState(false);
  const queue = useRef<UploadQueue | null>(null);
  queue.current ??= new UploadQueue({ number, kind, onChange: setFiles }, there);

  const isBusy = files.some(({ state }) => /waiting|sending/.test(state.status));
  const busy = useRef(isBusy);
  useEffect(() => {
    busy.current = isBusy;
    if (!isBusy) setHeldUp(false);
  }, [isBusy]);

  const add = useCallback(
    (list: ArrayLike<File>) => queue.current?.add(Array.from(list), limit),
    [limit],
  );

  useEffect(() => {
    const element = form.current;
    if (!element) return;
    const listeners = dropListeners(add, setOver);
    for (const [type, listener] of Object.entries(listeners))
      element.addEventListener(type, listener);
    const onPaste = (event: ClipboardEvent) => pasteFiles(event, add);
    element.addEventListener("paste", onPaste);
    // What is still on its way would stay behind.
    const onSubmit = (event: SubmitEvent) => {
      if (!busy.current) return;
      event.preventDefault();
      setHeldUp(true);
    };
    element.addEventListener("submit", onSubmit);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        element.removeEventListener(type, listener);
      element.removeEventListener("paste", onPaste);
      element.removeEventListener("submit", onSubmit);
    };
  }, [form, add]);

  return {
    ...{ files, isOver, isHeldUp, limit, add },
    remove: useCallback((key: string) => queue.current?.remove(key), []),
    tryAgain: useCallback((key: string) => queue.current?.tryAgain(key), []),
    bring: useCallback((uploads: Upload[]) => queue.current?.bring(uploads), []),
    clear: useCallback(() => queue.current?.clear(), []),
    discard: useCallback(() => queue.current?.discard(), []),
  };
}

function dropListeners(
  add: (files: ArrayLike<File>) => void,
  setOver: (isOver: boolean) => void,
): Record<string, (event: Event) => void> {
  let depth = 0;
  const withFiles = (run: (event: DragEvent) => void) => (event: Event) => {
    if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    run(event);
  };
  return {
    dragenter: withFiles(() => setOver(++depth > 0)),
    dragover: withFiles(() => undefined),
    dragleave: withFiles(() => setOver(--depth > 0)),
    drop: withFiles((event) => {
      depth = 0;
      setOver(false);
      if (event.dataTransfer) add(event.dataTransfer.files);
    }),
  };
}

/** Office programs put a picture of the text beside it: the text is meant. */
function pasteFiles(event: ClipboardEvent, add: (files: ArrayLike<File>) => void): void {
  const data = event.clipboardData;
  if (!data || data.files.length === 0 || data.types.includes("text/plain")) return;
  event.preventDefault();
  add(data.files);
}
