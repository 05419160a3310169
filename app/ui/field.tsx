"use client";

import { Check, CircleAlert, Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { useWords } from "../words/language-context";
import { uiWords } from "../words/ui";
import { classNames } from "./class-names";

export type FieldText = {
  label: ReactNode;
  name: string;
  /** Below the field, in quiet ink. */
  hint?: ReactNode;
  /** What was found out, with its source: "Found by the domain's MX record". */
  fact?: ReactNode;
  /** What is wrong, and what to do. */
  error?: string;
  /** Opposite the label: a link. */
  aside?: ReactNode;
  className?: string;
};

/** The id a field gets from its name; the summary of errors links to it. */
export const fieldId = (name: string) => `field-${name}`;

const control =
  "block w-full min-h-9 rounded-control border bg-sheet px-2.5 py-[7px] text-base text-ink max-md:min-h-11 max-md:text-lg disabled:bg-sunk disabled:text-ink-3 [&[readonly]]:bg-sunk";
const edges = (error: string | undefined) =>
  error ? "border-red inset-ring inset-ring-red" : "border-edge";

function describedBy(id: string, field: Pick<FieldText, "hint" | "fact" | "error">) {
  const ids = [
    field.error && `${id}-error`,
    field.fact && `${id}-fact`,
    field.hint && `${id}-hint`,
  ].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function Notes({
  id,
  hint,
  fact,
  error,
}: { id: string } & Pick<FieldText, "hint" | "fact" | "error">) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} className="mt-1.5 flex gap-1.5 text-sm text-red">
          <CircleAlert aria-hidden className="icon mt-px" />
          <span lang="en">{error}</span>
        </p>
      )}
      {fact && (
        <p id={`${id}-fact`} className="mt-1.5 flex gap-1.5 text-sm text-green">
          <Check aria-hidden className="icon mt-px" />
          <span>{fact}</span>
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-ink-3">
          {hint}
        </p>
      )}
    </>
  );
}

function Label({ id, label, aside }: { id: string; label: ReactNode; aside?: ReactNode }) {
  return (
    <div className="mb-1.5 flex items-baseline justify-between gap-3 text-sm">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      {aside}
    </div>
  );
}

/** Label above, control, notes below: what every field but the checkbox looks like. */
function Frame({
  id,
  className,
  label,
  aside,
  children,
  ...notes
}: Omit<FieldText, "name"> & { id: string; children: ReactNode }) {
  return (
    <div className={className}>
      <Label id={id} label={label} aside={aside} />
      {children}
      <Notes id={id} {...notes} />
    </div>
  );
}

/** What a control says of itself to the form and to screen readers. */
function controlProps(
  id: string,
  name: string,
  { hint, fact, error }: Pick<FieldText, "hint" | "fact" | "error">,
) {
  return {
    id,
    name,
    "aria-invalid": error ? (true as const) : undefined,
    "aria-describedby": describedBy(id, { hint, fact, error }),
  };
}

/** A one-line field. `defaultValue` is what comes back after an error. */
export function TextField({
  label,
  name,
  hint,
  fact,
  error,
  aside,
  className,
  id = fieldId(name),
  ...rest
}: FieldText & Omit<ComponentProps<"input">, "name" | "className">) {
  return (
    <Frame {...{ id, className, label, aside, hint, fact, error }}>
      <input
        {...controlProps(id, name, { hint, fact, error })}
        className={classNames(control, edges(error))}
        {...rest}
      />
    </Frame>
  );
}

/** A password: never filled in by us, with a button that shows what was typed. */
export function PasswordField({
  label,
  name,
  hint,
  fact,
  error,
  aside,
  className,
  id = fieldId(name),
  autoComplete = "current-password",
  ...rest
}: FieldText &
  Omit<ComponentProps<"input">, "name" | "className" | "type" | "value" | "defaultValue">) {
  const words = useWords(uiWords);
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Frame {...{ id, className, label, aside, hint, fact, error }}>
      <div className="relative">
        <input
          {...controlProps(id, name, { hint, fact, error })}
          type={isShown ? "text" : "password"}
          autoComplete={autoComplete}
          spellCheck={false}
          autoCapitalize="none"
          className={classNames(control, edges(error), "pr-11")}
          {...rest}
        />
        <button
          type="button"
          aria-pressed={isShown}
          aria-label={words.showPassword}
          title={isShown ? words.hidePassword : words.showPassword}
          onClick={() => setShown(!isShown)}
          className="absolute inset-y-0 right-0 grid w-10 place-items-center rounded-control text-ink-2 hover:text-ink"
        >
          <Icon aria-hidden className="icon" />
        </button>
      </div>
    </Frame>
  );
}

/** Tells password managers whose password a form is about, where no field asks for it. */
export function UsernameForManagers({ email }: { email: string }) {
  return <input type="text" autoComplete="username" value={email} readOnly hidden tabIndex={-1} />;
}

export type Option = { value: string; label: string; disabled?: boolean };

/** A choice of a few, by `options` or by <option> children. Remounts when its default changes: React resets forms to the first one. */
export function SelectField({
  label,
  name,
  hint,
  fact,
  error,
  aside,
  className,
  options = [],
  children,
  id = fieldId(name),
  ...rest
}: FieldText & { options?: Option[] } & Omit<ComponentProps<"select">, "name" | "className">) {
  return (
    <Frame {...{ id, className, label, aside, hint, fact, error }}>
      <select
        key={String(rest.defaultValue ?? "")}
        {...controlProps(id, name, { hint, fact, error })}
        className={classNames(control, edges(error), "select")}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
        {children}
      </select>
    </Frame>
  );
}

/** Longer text. Grows with what is typed where the browser can. */
export function TextAreaField({
  label,
  name,
  hint,
  fact,
  error,
  aside,
  className,
  id = fieldId(name),
  rows = 6,
  ...rest
}: FieldText & Omit<ComponentProps<"textarea">, "name" | "className">) {
  return (
    <Frame {...{ id, className, label, aside, hint, fact, error }}>
      <textarea
        {...controlProps(id, name, { hint, fact, error })}
        rows={rows}
        className={classNames(control, edges(error), "field-sizing-content")}
        {...rest}
      />
    </Frame>
  );
}

/** One yes or no. Its value is "on" when ticked, and absent otherwise. */
export function CheckboxField({
  label,
  name,
  hint,
  fact,
  error,
  className,
  id = fieldId(name),
  ...rest
}: Omit<FieldText, "aside"> & Omit<ComponentProps<"input">, "name" | "className" | "type">) {
  return (
    <div className={classNames("grid grid-cols-[18px_1fr] gap-x-2.5 py-2", className)}>
      <input
        key={String(rest.defaultChecked)}
        {...controlProps(id, name, { hint, fact, error })}
        type="checkbox"
        className="mt-px size-[18px]"
        {...rest}
      />
      <div>
        <label htmlFor={id} className="text-base font-semibold">
          {label}
        </label>
        <div className="[&>p]:mt-0.5">
          <Notes id={id} hint={hint} fact={fact} error={error} />
        </div>
      </div>
    </div>
  );
}
