import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** Something folded away behind a line of text. Works before JavaScript. */
export function Disclosure({
  label,
  children,
  open,
  className,
  onToggle,
}: {
  label: ReactNode;
  children: ReactNode;
  open?: boolean;
  className?: string;
  /** For what is fetched or made only when somebody looks; from client components. */
  onToggle?: (isOpen: boolean) => void;
}) {
  return (
    <details
      open={open}
      onToggle={onToggle && ((event) => onToggle(event.currentTarget.open))}
      className={classNames("group/disclosure", className)}
    >
      <summary className="inline-flex list-none items-center gap-1 rounded-badge text-sm text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="icon-badge transition-transform group-open/disclosure:rotate-90"
        />
        {label}
      </summary>
      <div className="mt-1.5">{children}</div>
    </details>
  );
}
