"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { classNames } from "../ui/class-names";

/**
 * A dialog that is open for as long as it is on the page. Escape or a click beside it closes it, and
 * the focus goes back to where it was.
 */
export function Modal({
  label,
  className,
  onClose,
  children,
}: {
  label: string;
  className: string;
  onClose: () => void;
  /** `close` closes at once, so that what follows finds the focus where it was. */
  children: (close: () => void) => ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the browser
    <dialog
      ref={dialog}
      aria-label={label}
      // Not when it is open again already, as in development, where effects run twice.
      onClose={() => {
        if (dialog.current?.open === false) onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
      className={classNames(
        "rounded-panel border border-rule bg-float p-0 text-ink shadow-float",
        className,
      )}
    >
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
