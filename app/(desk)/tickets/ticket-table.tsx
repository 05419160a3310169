"use client";

import Link from "next/link";
import type { Density } from "@/app/density";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { SourceBadge, StatusBadge } from "@/app/ui/badge";
import { classNames } from "@/app/ui/class-names";
import type { Language } from "@/app/words/dictionary";
import { useLanguage } from "@/app/words/language-context";
import { listWords } from "@/app/words/list";
import { ticketWords } from "@/app/words/tickets";
import type { TicketRow } from "@/lib/tickets/list-page";
import type { TicketSort } from "@/lib/tickets/query";
import { SelectPage, SelectTicket } from "./select-cell";
import { TABLE_ID } from "./table-id";
import { PriorityMark, TagBadges, Updated, Waiting, WaitWords } from "./ticket-cells";

type Props = {
  rows: TicketRow[];
  caption: string;
  viewerId: string;
  /** When the rows were read: what time is told by until the browser's clock is known. */
  renderedAt: Date;
  sort?: TicketSort;
  density?: Density;
  /** Which of several accounts a ticket came by, where there is room. */
  showsAccount?: boolean;
  /** Rows can be selected where a BulkBar stands below. */
  isSelectable?: boolean;
};

/**
 * The list, in the order it comes in. On a phone each row becomes three or four lines; in between,
 * columns go as the list gets narrower: account, the time that it is not sorted by, requester, owner.
 * A client component, so that a page carries fifty rows as their values and not as elements as well.
 */
export function TicketTable({
  rows,
  caption,
  viewerId,
  renderedAt,
  sort = "newest",
  density = "comfortable",
  showsAccount = false,
  isSelectable = false,
}: Props) {
  const language = useLanguage();
  const { columns, selectPage } = listWords[language];
  return (
    <div className="@container">
      <table id={TABLE_ID} className="w-full table-fixed border-collapse max-md:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="max-md:hidden">
          <tr className="[&>th]:border-b [&>th]:border-rule [&>th]:px-2.5 [&>th]:py-2 [&>th]:text-left [&>th]:text-xs [&>th]:font-semibold [&>th]:whitespace-nowrap [&>th]:text-ink-3">
            <th scope="col" className={classNames("!pl-7", isSelectable ? "w-[76px]" : "w-[46px]")}>
              {isSelectable && <SelectPage label={selectPage} />}
              <span className="sr-only">{columns.unread}</span>
            </th>
            <th scope="col" className="w-[68px] !pl-0">
              {columns.number}
            </th>
            <th scope="col">{columns.subject}</th>
            <th scope="col" className={classNames("w-[150px]", HIDDEN.requester)}>
              {columns.requester}
            </th>
            <th scope="col" className="w-[112px] [&:lang(de)]:w-[140px]">
              {columns.status}
            </th>
            <th scope="col" className={classNames("w-[60px]", HIDDEN.owner)}>
              {columns.owner}
            </th>
            {showsAccount && (
              <th scope="col" className={classNames("w-[180px]", HIDDEN.account)}>
                {columns.account}
              </th>
            )}
            <th
              scope="col"
              className={classNames(
                density === "compact" ? "w-[186px]" : "w-[134px]",
                sort === "newest" && HIDDEN.otherTime,
              )}
              aria-sort={sort === "wait" ? "descending" : undefined}
            >
              {columns.waiting}
            </th>
            <th
              scope="col"
              className={classNames(
                "w-[140px] !pr-7",
                UPDATED_WIDTH,
                sort === "wait" && HIDDEN.otherTime,
              )}
              aria-sort={sort === "newest" ? "descending" : undefined}
            >
              {columns.updated}
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              isMine={row.assigneeId === viewerId}
              isCompact={density === "compact"}
              {...{ sort, showsAccount, isSelectable, renderedAt, language }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** From which width of the list on a column is left out. */
const HIDDEN = {
  owner: "@max-[599px]:hidden",
  requester: "@max-[759px]:hidden",
  otherTime: "@max-[999px]:hidden",
  account: "@max-[1199px]:hidden",
};
/** Beside the column of waits one line is enough. */
const UPDATED_WIDTH = "@min-[1000px]:w-[104px]";

type RowProps = {
  row: TicketRow;
  isMine: boolean;
  isCompact: boolean;
  sort: TicketSort;
  showsAccount: boolean;
  isSelectable: boolean;
  renderedAt: Date;
  language: Language;
};

function Row(props: RowProps) {
  const { row, isMine, isCompact, sort, showsAccount, isSelectable, renderedAt, language } = props;
  const words = listWords[language];
  const { badges, sources } = ticketWords[language];
  const cell = classNames(
    "border-rule px-2.5 md:border-b max-md:p-0",
    isCompact ? "py-1.5 md:h-10 md:align-middle" : "py-2 align-top md:h-14",
  );
  const requester = row.requesterName || row.requesterEmail || words.unknownSender;
  return (
    <tr
      data-row={row.id}
      className={classNames(
        "relative border-rule hover:bg-hover has-[[name=id]:checked]:bg-selected row-focus",
        "max-md:grid max-md:gap-x-1.5 max-md:border-b max-md:px-4 max-md:py-3",
        isSelectable
          ? "max-md:grid-cols-[22px_minmax(0,1fr)_auto]"
          : "max-md:grid-cols-[14px_minmax(0,1fr)_auto]",
      )}
    >
      <td className={classNames(cell, "md:pl-7 max-md:col-start-1 max-md:row-[1/4]")}>
        <MarkCell {...{ row, isCompact, isSelectable, language }} />
      </td>
      <td className={classNames(cell, "text-sm text-ink-3 md:pl-0 max-md:hidden")}>
        <span className={classNames("flex", isCompact ? "items-center gap-1.5" : "flex-col")}>
          {row.number}
          <SourceBadge
            source={row.source}
            word={sources[row.source]}
            account={row.accountEmail}
            iconOnly
          />
        </span>
      </td>
      <td className={classNames(cell, "max-md:col-[2/4] max-md:row-start-2")}>
        <Subject {...{ row, requester, isCompact, language }} />
      </td>
      <td
        className={classNames(
          cell,
          "text-sm max-md:col-start-2 max-md:row-start-1",
          // On a phone it has a line of its own.
          "md:@max-[759px]:hidden",
        )}
      >
        <span
          dir="auto"
          title={row.requesterEmail ?? undefined}
          className="block truncate text-left"
        >
          {requester}
        </span>
      </td>
      <td
        className={classNames(
          cell,
          "max-md:col-[2/4] max-md:row-start-3 max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-2 max-md:gap-y-1 max-md:pt-1.5",
        )}
      >
        <StatusBadge status={row.status} word={badges[row.status]} />
        <span className="text-xs/[22px] text-ink-3 md:hidden">#{row.number}</span>
        <WaitWords
          {...{ row, renderedAt, language }}
          withSpan={sort === "newest"}
          className="md:hidden"
        />
        <TagBadges tags={row.tags} max={1} language={language} className="md:hidden" />
      </td>
      <td className={classNames(cell, HIDDEN.owner, "max-md:hidden")}>
        {row.assigneeName ? (
          <Avatar name={row.assigneeName} isMe={isMine} label />
        ) : (
          <>
            <span aria-hidden className="text-ink-3">
              –
            </span>
            <span className="sr-only">{words.unassigned}</span>
          </>
        )}
      </td>
      {showsAccount && (
        <td className={classNames(cell, HIDDEN.account, "text-sm text-ink-3 max-md:hidden")}>
          <span title={row.accountEmail ?? undefined} className="block truncate">
            {row.accountEmail ?? "–"}
          </span>
        </td>
      )}
      <TimeCells {...{ row, renderedAt, isCompact, sort, cell, language }} />
    </tr>
  );
}

function MarkCell({
  row,
  isCompact,
  isSelectable,
  language,
}: Pick<RowProps, "row" | "isCompact" | "isSelectable" | "language">) {
  const words = listWords[language];
  return (
    <div
      className={classNames(
        "flex items-start gap-2.5 max-md:h-full max-md:items-center max-md:justify-between",
        // The mark stands above: at the bottom of the row is the box.
        isSelectable ? "max-md:flex-col-reverse" : "max-md:flex-col",
      )}
    >
      {isSelectable && <SelectTicket id={row.id} label={words.select(row.number)} />}
      {row.isUnread && (
        <>
          <span
            aria-hidden
            className={classNames(
              "block size-2 flex-none rounded-full bg-accent max-md:mt-1.5",
              !isCompact && "mt-1.5",
            )}
          />
          <span className="sr-only">{words.columns.unread}</span>
        </>
      )}
    </div>
  );
}

function Subject({
  row,
  requester,
  isCompact,
  language,
}: Pick<RowProps, "row" | "isCompact" | "language"> & { requester: string }) {
  return (
    <>
      <div className="flex items-center gap-1.5">
        <PriorityMark priority={row.priority} language={language} />
        <Link
          href={paths.ticket(row.number)}
          prefetch={false}
          dir="auto"
          className={classNames(
            "block min-w-0 truncate text-left text-base text-ink no-underline after:absolute after:inset-0",
            row.isUnread && "font-semibold",
          )}
        >
          {row.subject}
        </Link>
        {isCompact && (
          <TagBadges tags={row.tags} max={1} language={language} className={TAGS_FROM} />
        )}
      </div>
      {!isCompact && (
        <div className="flex items-center gap-1.5">
          <TagBadges tags={row.tags} max={2} language={language} className={TAGS_FROM} />
          <span className="block truncate text-left text-sm text-ink-3">
            {/* Where its column is hidden. */}
            <span className="max-md:hidden @min-[760px]:hidden">
              <bdi>{requester}</bdi> ·{" "}
            </span>
            <bdi>{row.snippet}</bdi>
          </span>
        </div>
      )}
    </>
  );
}

/** Below, tags would leave the text no room. */
const TAGS_FROM = "@max-[859px]:hidden";

/** The time the list is sorted by, and where there is room the other one. */
function TimeCells({
  row,
  renderedAt,
  isCompact,
  sort,
  cell,
  language,
}: Omit<RowProps, "isMine" | "showsAccount" | "isSelectable"> & { cell: string }) {
  const place = "text-sm max-md:col-start-3 max-md:row-start-1 max-md:text-right";
  return (
    <>
      <td className={classNames(cell, place, sort === "newest" && HIDDEN.otherTime)}>
        <Waiting {...{ row, renderedAt, isCompact, language }} />
      </td>
      <td className={classNames(cell, place, "md:pr-7", sort === "wait" && HIDDEN.otherTime)}>
        <Updated
          {...{ row, renderedAt, isCompact, language }}
          waitClassName="@min-[1000px]:hidden"
        />
      </td>
    </>
  );
}
