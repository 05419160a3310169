import { ChevronsUp, ChevronUp } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { SourceBadge, StatusBadge } from "@/app/ui/badge";
import { classNames } from "@/app/ui/class-names";
import { RelativeTime } from "@/app/ui/relative-time";
import type { TicketRow } from "@/lib/tickets/list-page";
import { TABLE_ID } from "./table-id";

/** The list, newest mail first. On a phone each row becomes three or four lines. */
export function TicketTable({
  rows,
  caption,
  viewerId,
}: {
  rows: TicketRow[];
  caption: string;
  viewerId: string;
}) {
  return (
    <table id={TABLE_ID} className="w-full table-fixed border-collapse max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-md:hidden">
        <tr className="[&>th]:border-b [&>th]:border-rule [&>th]:px-2.5 [&>th]:py-2 [&>th]:text-left [&>th]:text-xs [&>th]:font-semibold [&>th]:whitespace-nowrap [&>th]:text-ink-3">
          <th scope="col" className="w-[42px] !pl-7">
            <span className="sr-only">Unread</span>
          </th>
          <th scope="col" className="w-[64px] !pl-0">
            No.
          </th>
          <th scope="col">Subject</th>
          <th scope="col" className="w-[170px]">
            Requester
          </th>
          <th scope="col" className="w-[112px]">
            Status
          </th>
          <th scope="col" className="w-[60px]">
            Owner
          </th>
          <th scope="col" className="w-[150px] !pr-7" aria-sort="descending">
            Updated
          </th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <Row key={row.id} row={row} isMine={row.assigneeId === viewerId} />
        ))}
      </tbody>
    </table>
  );
}

const cell = "border-rule px-2.5 py-2 align-top md:h-14 md:border-b max-md:p-0";

function Row({ row, isMine }: { row: TicketRow; isMine: boolean }) {
  const wait = waitText(row);
  const requester = row.requesterName || row.requesterEmail || "Unknown sender";
  return (
    <tr
      data-row={row.id}
      className={classNames(
        "relative border-rule hover:bg-hover row-focus",
        "max-md:grid max-md:grid-cols-[14px_minmax(0,1fr)_auto] max-md:gap-x-1.5 max-md:border-b max-md:px-4 max-md:py-3",
      )}
    >
      <td className={classNames(cell, "md:pl-7 max-md:col-start-1 max-md:row-start-1")}>
        {row.isUnread && (
          <>
            <span aria-hidden className="mt-1.5 block size-2 rounded-full bg-accent" />
            <span className="sr-only">Unread</span>
          </>
        )}
      </td>
      <td className={classNames(cell, "text-sm text-ink-3 md:pl-0 max-md:hidden")}>
        {row.number}
        <br />
        <SourceBadge source={row.source} iconOnly />
      </td>
      <td className={classNames(cell, "max-md:col-[2/4] max-md:row-start-2")}>
        <div className="flex items-center gap-1">
          <PriorityMark priority={row.priority} />
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
        </div>
        <span dir="auto" className="block truncate text-left text-sm text-ink-3">
          {row.snippet}
        </span>
      </td>
      <td className={classNames(cell, "text-sm max-md:col-start-2 max-md:row-start-1")}>
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
          "max-md:col-[2/4] max-md:row-start-3 max-md:flex max-md:pt-1.5",
        )}
      >
        <StatusBadge status={row.status} />
        <span className="ml-2 text-xs/[22px] text-ink-3 md:hidden">
          #{row.number}
          {wait && `, ${wait.toLowerCase()}`}
        </span>
      </td>
      <td className={classNames(cell, "max-md:hidden")}>
        {row.assigneeName ? (
          <Avatar name={row.assigneeName} isMe={isMine} label />
        ) : (
          <>
            <span aria-hidden className="text-ink-3">
              –
            </span>
            <span className="sr-only">Unassigned</span>
          </>
        )}
      </td>
      <td
        className={classNames(
          cell,
          "text-sm md:pr-7 max-md:col-start-3 max-md:row-start-1 max-md:text-right",
        )}
      >
        <RelativeTime
          date={row.lastMessageAt}
          format="span"
          className={classNames(
            "block truncate",
            row.awaitingUs && wait ? "font-semibold" : "text-ink-3",
          )}
        />
        {wait && <span className="block text-xs text-ink-3 max-md:hidden">{wait}</span>}
      </td>
    </tr>
  );
}

/** Whose turn it is; nothing once a ticket is done. */
function waitText(row: TicketRow): string | null {
  if (row.status === "SOLVED" || row.status === "CLOSED") return null;
  return row.awaitingUs ? "Awaiting us" : "Awaiting customer";
}

function PriorityMark({ priority }: { priority: TicketRow["priority"] }) {
  if (priority !== "HIGH" && priority !== "URGENT") return null;
  const isUrgent = priority === "URGENT";
  const Icon = isUrgent ? ChevronsUp : ChevronUp;
  return (
    <span title={isUrgent ? "Urgent" : "High"} className="inline-flex">
      <Icon aria-hidden className={classNames("icon", isUrgent ? "text-red" : "text-amber")} />
      <span className="sr-only">{isUrgent ? "Urgent" : "High"}</span>
    </span>
  );
}
