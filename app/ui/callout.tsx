import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { Disclosure } from "./disclosure";

export type CalloutTone = "red" | "amber" | "blue" | "green" | "plain";

const TONES: Record<CalloutTone, { box: string; icon: string; Icon: LucideIcon }> = {
  red: { box: "border-red-line border-l-red bg-red-bg", icon: "text-red", Icon: CircleAlert },
  amber: {
    box: "border-amber-line border-l-amber bg-amber-bg",
    icon: "text-amber",
    Icon: TriangleAlert,
  },
  blue: { box: "border-blue-line border-l-blue bg-blue-bg", icon: "text-blue", Icon: Info },
  green: {
    box: "border-green-line border-l-green bg-green-bg",
    icon: "text-green",
    Icon: CircleCheck,
  },
  plain: { box: "border-rule border-l-edge", icon: "text-ink-3", Icon: Info },
};

/** Cause in bold, then the fix in plain words, then what to press; the server's own words folded. */
export function Callout({
  tone,
  title,
  children,
  actions,
  serverSaid,
  icon,
  role,
  className,
}: {
  tone: CalloutTone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  serverSaid?: string | null;
  icon?: LucideIcon;
  role?: "alert" | "status";
  className?: string;
}) {
  const look = TONES[tone];
  const Icon = icon ?? look.Icon;
  return (
    <div
      role={role}
      className={classNames(
        "flex gap-2.5 rounded-badge border border-l-[3px] px-3.5 py-[11px] text-base",
        look.box,
        className,
      )}
    >
      <Icon aria-hidden className={classNames("icon mt-0.5", look.icon)} />
      <div className="min-w-0 grow">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-ink-2">{children}</div>}
        {actions && <div className="mt-2 flex flex-wrap items-center gap-2">{actions}</div>}
        {serverSaid && (
          <Disclosure label="What the server said" className="mt-2">
            <p className="font-mono text-xs break-words text-ink-2">{serverSaid}</p>
          </Disclosure>
        )}
      </div>
    </div>
  );
}
