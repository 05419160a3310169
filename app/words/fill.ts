import { createElement, Fragment, type ReactNode } from "react";

/**
 * A sentence with elements in it: each "{name}" of `text` becomes `parts[name]`. A name without a part
 * stays as it is.
 */
export function fill(text: string, parts: Readonly<Record<string, ReactNode>>): ReactNode {
  const pieces = text.split(/\{(\w+)\}/);
  return createElement(
    Fragment,
    null,
    ...pieces.map((piece, index) => (index % 2 === 0 ? piece : (parts[piece] ?? `{${piece}}`))),
  );
}
