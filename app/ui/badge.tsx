import {
  Archive,
  CircleCheck,
  CircleDot,
  Clock,
  Code,
  Globe,
  type LucideIcon,
  Mail,
} from "lucide-react";
import type { ReactNode } from "react";
import type { TicketSource, TicketStatus } from "@/lib/db/generated/enums";
import { ticketWords } from "../words/tickets";
import { classNames } from "./class-names";

export type Tone = "green" | "purple" | "red" | "amber" | "blue" | "grey" | "plain";

const TONES: Record<Tone, string> = {
  green: "border-green-line bg-green-bg text-green",
  purple: "border-purple-line bg-purple-bg text-purple",
  red: "border-red-line bg-red-bg text-red",
  amber: "border-amber-line bg-amber-bg text-amber",
  blue: "border-blue-line bg-blue-bg text-blue",
  grey: "border-grey-line bg-grey-bg text-grey",
  plain: "border-grey-line text-grey",
};

/** A state: icon, word, tint and line together, never colour alone. */
export function Badge({
  tone,
  icon: Icon,
  children,
  className,
}: {
  tone: Tone;
  icon: LucideIcon;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={classNames(
        "inline-flex h-[22px] items-center gap-1 rounded-badge border pr-[7px] pl-1.5 text-xs font-semibold whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      <Icon aria-hidden className="icon-badge" />
      {children}
    </span>
  );
}

const STATUSES: Record<TicketStatus, { tone: Tone; icon: LucideIcon }> = {
  OPEN: { tone: "blue", icon: CircleDot },
  PENDING: { tone: "amber", icon: Clock },
  SOLVED: { tone: "green", icon: CircleCheck },
  CLOSED: { tone: "grey", icon: Archive },
};

/** `word` is what the status is called here; pages in English only call it by its own name. */
export function StatusBadge({ status, word = status }: { status: TicketStatus; word?: string }) {
  return <Badge {...STATUSES[status]}>{word}</Badge>;
}

const SOURCES: Record<TicketSource, LucideIcon> = { EMAIL: Mail, WEB: Globe, API: Code };

/**
 * Where a ticket came from; `iconOnly` keeps the word for screen readers, and names the account it
 * came by on hover.
 */
export function SourceBadge({
  source,
  word = ticketWords.en.sources[source],
  account,
  iconOnly,
}: {
  source: TicketSource;
  word?: string;
  account?: string | null;
  iconOnly?: boolean;
}) {
  const Icon = SOURCES[source];
  if (!iconOnly)
    return (
      <Badge tone="plain" icon={Icon}>
        {word}
      </Badge>
    );
  return (
    <span title={account ? `${word}, ${account}` : word} className="inline-flex text-ink-3">
      <Icon aria-hidden className="icon" />
      <span className="sr-only">{word}</span>
    </span>
  );
}
