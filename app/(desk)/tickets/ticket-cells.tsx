import { AlarmClock, ChevronDown, ChevronsUp, ChevronUp, Tag } from "lucide-react";
import { classNames } from "@/app/ui/class-names";
import { RelativeTime } from "@/app/ui/relative-time";
import type { Language } from "@/app/words/dictionary";
import { fill } from "@/app/words/fill";
import { listWords } from "@/app/words/list";
import { ticketWords } from "@/app/words/tickets";
import type { TicketPriority } from "@/lib/db/generated/enums";
import type { TicketRow } from "@/lib/tickets/list-page";
import { DueMark } from "./due-mark";
import { markedDue } from "./due-words";

const PRIORITY_LOOKS = {
  URGENT: { Icon: ChevronsUp, ink: "text-red" },
  HIGH: { Icon: ChevronUp, ink: "text-amber" },
  LOW: { Icon: ChevronDown, ink: "text-ink-3" },
} as const;

/** A sign for every priority but the normal one. */
export function PriorityMark({
  priority,
  language,
}: {
  priority: TicketPriority;
  language: Language;
}) {
  if (priority === "NORMAL") return null;
  const { Icon, ink } = PRIORITY_LOOKS[priority];
  const words = listWords[language].priority(ticketWords[language].priorities[priority]);
  return (
    <span title={words} className="inline-flex shrink-0">
      <Icon aria-hidden className={classNames("icon", ink)} />
      <span className="sr-only">{words}</span>
    </span>
  );
}

/** The first `max` tags as badges, and how many more there are. */
export function TagBadges({
  tags,
  max,
  language,
  className,
}: {
  tags: string[];
  max: number;
  language: Language;
  className?: string;
}) {
  if (tags.length === 0) return null;
  const hidden = tags.slice(max);
  return (
    <span
      title={tags.join(", ")}
      className={classNames("flex min-w-0 shrink-0 items-center gap-1", className)}
    >
      <span className="sr-only">{listWords[language].tags}</span>
      {tags.slice(0, max).map((tag) => (
        <span
          key={tag}
          className="inline-flex h-[18px] max-w-[120px] items-center gap-1 rounded-badge border border-grey-line px-1 text-xs text-grey"
        >
          <Tag aria-hidden className="icon-badge" />
          <span dir="auto" className="truncate">
            {tag}
          </span>
        </span>
      ))}
      {hidden.length > 0 && (
        <span className="text-xs text-ink-3">
          <span aria-hidden>+{hidden.length}</span>
          <span className="sr-only">{hidden.join(", ")}</span>
        </span>
      )}
    </span>
  );
}

/** Whose turn it is; nothing once a ticket is done. */
export function waitText(
  row: Pick<TicketRow, "status" | "awaitingUs">,
  language: Language,
): string | null {
  if (row.status === "SOLVED" || row.status === "CLOSED") return null;
  const words = listWords[language];
  return row.awaitingUs ? words.awaitingUs : words.awaitingCustomer;
}

type TimeProps = {
  row: TicketRow;
  renderedAt: Date;
  isCompact: boolean;
  language: Language;
  className?: string;
};

/** For how long whom; a ticket that sleeps says when it wakes. */
export function Waiting({ row, renderedAt, isCompact, language, className }: TimeProps) {
  const wait = waitText(row, language);
  const waitWords = <WaitWords {...{ row, renderedAt, language }} className="max-md:hidden" />;
  return (
    <div className={className}>
      <span className={classNames("block truncate", isCompact && "md:flex md:gap-1.5")}>
        {wait ? (
          <RelativeTime
            date={row.awaitingSince}
            format="span"
            renderedAt={renderedAt}
            className={row.awaitingUs ? "font-semibold" : "text-ink-3"}
          />
        ) : (
          <>
            <span aria-hidden className="text-ink-3">
              –
            </span>
            <span className="sr-only">{listWords[language].nobodyWaits}</span>
          </>
        )}
        {isCompact && waitWords}
      </span>
      {!isCompact && waitWords}
    </div>
  );
}

/** Strong where the column of waits, which says the same, is hidden. */
const OURS_ALONE = "font-semibold @min-[1000px]:font-normal @min-[1000px]:text-ink-3";

/** When the last mail came or went, and below it, where the column of waits is hidden, who waits. */
export function Updated({
  row,
  renderedAt,
  isCompact,
  language,
  className,
  waitClassName,
}: TimeProps & { waitClassName: string }) {
  const isOurs = row.awaitingUs && waitText(row, language) !== null;
  return (
    <div className={className}>
      <RelativeTime
        date={row.lastMessageAt}
        format="span"
        renderedAt={renderedAt}
        className={classNames("block truncate", isOurs ? OURS_ALONE : "text-ink-3")}
      />
      {!isCompact && (
        <WaitWords
          row={row}
          renderedAt={renderedAt}
          language={language}
          withSpan
          className={classNames("max-md:hidden", waitClassName)}
        />
      )}
    </div>
  );
}

/** "Awaiting us 2 d 4 h", the length only where `withSpan` and it is not that of the last mail. */
export function WaitWords({
  row,
  renderedAt,
  language,
  withSpan,
  className,
}: {
  row: TicketRow;
  renderedAt: Date;
  language: Language;
  withSpan?: boolean;
  className?: string;
}) {
  const wait = waitText(row, language);
  const look = classNames("block truncate text-xs/[18px] text-ink-3", className);
  if (row.snoozedUntil)
    return (
      <span className={look}>
        <AlarmClock aria-hidden className="icon-badge mr-1 inline align-[-2px]" />
        {fill(listWords[language].wakes, {
          time: <RelativeTime date={row.snoozedUntil} renderedAt={renderedAt} />,
        })}
      </span>
    );
  const due = markedDue(row, renderedAt);
  if (due)
    return (
      <DueMark
        isShort
        {...{ due, renderedAt }}
        className={classNames("text-xs/[18px]", className)}
      />
    );
  if (!wait) return null;
  const isOlder = row.lastMessageAt.getTime() - row.awaitingSince.getTime() > 60_000;
  return (
    <span className={look}>
      {wait}
      {withSpan && isOlder && (
        <>
          {" "}
          <RelativeTime date={row.awaitingSince} format="span" renderedAt={renderedAt} />
        </>
      )}
    </span>
  );
}
