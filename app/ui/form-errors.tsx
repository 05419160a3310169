"use client";

import { CircleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ActionState } from "../action-state";
import { fieldId } from "./field";

/**
 * What is wrong with a form, above it: takes the focus when the answer comes and links to the fields.
 * Nothing while all is well.
 */
export function FormErrors({
  state,
  idOf = fieldId,
}: {
  state: ActionState;
  /** Where fields have ids of their own: several forms alike on one page. */
  idOf?: (name: string) => string;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.status === "invalid" || state.status === "refused") box.current?.focus();
  }, [state]);
  if (state.status !== "invalid" && state.status !== "refused") return null;
  const fields = state.status === "invalid" ? Object.entries(state.fields) : [];
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-2.5 rounded-badge border border-l-[3px] border-red-line border-l-red bg-red-bg px-3.5 py-[11px] text-base"
    >
      <CircleAlert aria-hidden className="icon mt-0.5 text-red" />
      <div>
        {/* What is wrong is said in English everywhere; how much of it, in the page's language. */}
        {fields.length > 0 ? (
          <p className="font-semibold">{state.message}</p>
        ) : (
          <p lang="en">{state.message}</p>
        )}
        {fields.length > 0 && (
          <ul lang="en" className="mt-1 space-y-0.5">
            {fields.map(([name, message]) => (
              <li key={name}>
                <a className="link" href={`#${idOf(name)}`}>
                  {message}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
