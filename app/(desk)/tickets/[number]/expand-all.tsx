"use client";

import { ChevronsDownUp, ChevronsUpDown } from "lucide-react";
import { type MouseEvent, useState } from "react";
import { paths } from "@/app/paths";

/** The messages folded to a line, of which `data-fold` is the mark. */
const FOLDS = "main details[data-fold]";

/**
 * Opens all messages, and folds the older ones again. It is done in place, so that nothing moves that
 * somebody has begun; without JavaScript the page is asked for anew.
 */
export function ExpandAll({
  number,
  isExpanded,
  isAll,
}: {
  number: number;
  isExpanded: boolean;
  /** The page shows more than its usual share of messages, and goes on doing so. */
  isAll: boolean;
}) {
  const [isOpen, setOpen] = useState(isExpanded);
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    for (const fold of document.querySelectorAll<HTMLDetailsElement>(FOLDS)) fold.open = !isOpen;
    setOpen(!isOpen);
  };
  const Icon = isOpen ? ChevronsDownUp : ChevronsUpDown;
  return (
    <a
      href={paths.ticket(number, { all: isAll || null, expand: !isOpen || null })}
      onClick={onClick}
      className="inline-flex items-center gap-1.5 rounded-badge text-sm text-ink-2 hover:text-ink max-md:min-h-11"
    >
      <Icon aria-hidden className="icon-badge" />
      {isOpen ? "Fold older messages" : "Expand all"}
    </a>
  );
}
