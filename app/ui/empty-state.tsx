import type { ReactNode } from "react";

/** Nothing to show: one sentence of fact, maybe a line more, one thing to do. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="gutter py-7">
      <h2 className="text-base font-semibold">{title}</h2>
      {children && <div className="mt-0.5 max-w-[68ch] text-sm text-ink-2">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
