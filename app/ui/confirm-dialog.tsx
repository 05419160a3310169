"use client";

import { type MouseEvent, type ReactNode, useActionState, useEffect, useId, useRef } from "react";
import { type ActionState, type FormAction, idle } from "../action-state";
import { useWords } from "../words/language-context";
import { uiWords } from "../words/ui";
import { Button, type ButtonSize, type ButtonVariant, SubmitButton } from "./button";

type Props = {
  /** The button on the page. */
  trigger: ReactNode;
  triggerVariant?: ButtonVariant;
  triggerSize?: ButtonSize;
  triggerIcon?: ReactNode;
  /** A question, or what will happen: the dialog's heading. */
  title: string;
  /** What follows from it, in a sentence or two. */
  children?: ReactNode;
  /** What to do, as a verb: never "OK". */
  confirm: string;
  confirmVariant?: ButtonVariant;
  busy?: string;
  action: FormAction;
  /** Hidden fields of the form. */
  fields?: Record<string, string>;
};

/**
 * Asks before something that is hard to take back. The dialog is the browser's own and opens by an
 * invoker command, so it works before JavaScript; what was refused is said beside the button.
 */
export function ConfirmDialog({
  trigger,
  triggerVariant = "default",
  triggerSize,
  triggerIcon,
  title,
  children,
  confirm,
  confirmVariant = "red-solid",
  busy,
  action,
  fields = {},
}: Props) {
  const id = useId();
  const words = useWords(uiWords);
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, submit, isPending] = useActionState<ActionState, FormData>(action, idle);
  const wasPending = useRef(false);
  useEffect(() => {
    if (wasPending.current && !isPending) dialog.current?.close();
    wasPending.current = isPending;
  }, [isPending]);
  // Instead of the attributes below, which do it before JavaScript where browsers know them.
  const open = (event: MouseEvent) => {
    event.preventDefault();
    if (!dialog.current?.open) dialog.current?.showModal();
  };
  return (
    <>
      <Button
        variant={triggerVariant}
        size={triggerSize}
        icon={triggerIcon}
        aria-haspopup="dialog"
        onClick={open}
        {...{ command: "show-modal", commandfor: id }}
      >
        {trigger}
      </Button>
      {(state.status === "refused" || state.status === "invalid") && (
        <p role="alert" lang="en" className="text-sm text-red">
          {state.status === "invalid" ? Object.values(state.fields)[0] : state.message}
        </p>
      )}
      <dialog
        ref={dialog}
        id={id}
        aria-labelledby={`${id}-title`}
        className="w-[min(440px,calc(100vw-32px))] rounded-panel border border-rule bg-float p-5 whitespace-normal text-ink shadow-float"
      >
        <h2 id={`${id}-title`} className="text-section font-semibold">
          {title}
        </h2>
        {children && <div className="mt-1.5 text-base text-ink-2">{children}</div>}
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <form method="dialog">
            <Button type="submit" variant="quiet">
              {words.cancel}
            </Button>
          </form>
          <form action={submit}>
            {Object.entries(fields).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <SubmitButton variant={confirmVariant} busy={busy} autoFocus>
              {confirm}
            </SubmitButton>
          </form>
        </div>
      </dialog>
    </>
  );
}
