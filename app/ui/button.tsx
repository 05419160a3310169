"use client";

import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { useFormStatus } from "react-dom";
import { useKeyHint } from "../keys/key-hint";
import { useWords } from "../words/language-context";
import { uiWords } from "../words/ui";
import { classNames } from "./class-names";

export type ButtonVariant = "primary" | "default" | "quiet" | "green" | "red" | "red-solid";
export type ButtonSize = "normal" | "small" | "icon";

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover",
  default: "border-edge-soft bg-sheet text-ink hover:bg-hover",
  quiet: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
  green: "border-green-fill bg-green-fill text-white hover:brightness-110",
  red: "border-red bg-red-bg text-red hover:bg-sheet",
  "red-solid": "border-red-fill bg-red-fill text-white hover:brightness-110",
};

const SIZES: Record<ButtonSize, string> = {
  normal: "min-h-8 px-3 max-md:min-h-11",
  small: "min-h-7 px-[9px] max-md:min-h-10",
  icon: "size-8 max-md:size-11",
};

function classesOf(variant: ButtonVariant, size: ButtonSize, className?: string): string {
  return classNames(
    "inline-flex items-center justify-center gap-1.5 rounded-control border text-sm font-semibold whitespace-nowrap no-underline transition-colors disabled:cursor-default disabled:opacity-55",
    VARIANTS[variant],
    SIZES[size],
    className,
  );
}

type Look = {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** A Lucide icon at the left, class `icon`. */
  icon?: ReactNode;
  /** The command it stands for: its key presses it, and stands in the tooltip. */
  "data-command"?: string;
};

/** A button that does something on this page. One primary per page. */
export function Button({
  variant = "default",
  size = "normal",
  icon,
  className,
  children,
  type = "button",
  ...rest
}: Look & ComponentProps<"button">) {
  const hint = useKeyHint({ command: rest["data-command"] });
  return (
    <button type={type} className={classesOf(variant, size, className)} {...hint} {...rest}>
      {icon}
      {children}
    </button>
  );
}

/** Looks like a button, goes somewhere. */
export function LinkButton({
  variant = "default",
  size = "normal",
  icon,
  className,
  children,
  ...rest
}: Look & ComponentProps<typeof Link>) {
  const hint = useKeyHint({ command: rest["data-command"] });
  return (
    <Link className={classesOf(variant, size, className)} {...hint} {...rest}>
      {icon}
      {children}
    </Link>
  );
}

/**
 * Sends the form it stands in. While that runs it keeps its width, says `busy`, and can't be pressed
 * again. `pending` overrides the form's own state, for a form with several buttons.
 */
export function SubmitButton({
  variant = "primary",
  size = "normal",
  icon,
  busy,
  pending,
  className,
  children,
  disabled,
  ...rest
}: Look & ComponentProps<"button"> & { busy?: string; pending?: boolean }) {
  const form = useFormStatus();
  const words = useWords(uiWords);
  const hint = useKeyHint({ command: rest["data-command"] });
  const isBusy = pending ?? form.pending;
  return (
    <button
      type="submit"
      className={classesOf(variant, size, className)}
      aria-busy={isBusy || undefined}
      // Not `disabled`: that would drop the focus, and the button's own name and value with it.
      aria-disabled={isBusy || undefined}
      disabled={disabled}
      onClick={isBusy ? (event) => event.preventDefault() : undefined}
      {...hint}
      {...rest}
    >
      <span className="grid">
        <span
          className={classNames(
            "col-start-1 row-start-1 inline-flex items-center justify-center gap-1.5",
            isBusy && "invisible",
          )}
        >
          {icon}
          {children}
        </span>
        {isBusy && (
          <span className="col-start-1 row-start-1 inline-flex items-center justify-center gap-1.5">
            <LoaderCircle aria-hidden className="icon animate-spin" />
            {busy ?? words.working}
          </span>
        )}
      </span>
    </button>
  );
}
