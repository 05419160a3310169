import { Bot, ChevronLeft, ChevronRight, ShieldX } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { Badge, SourceBadge } from "@/app/ui/badge";
import { classNames } from "@/app/ui/class-names";
import { RelativeTime } from "@/app/ui/relative-time";
import type { Conversation } from "@/lib/tickets/conversation";
import type { Present } from "@/lib/tickets/presence-rules";
import type { RelatedTicket } from "@/lib/tickets/related";
import { STATUS_CHANGES } from "@/lib/tickets/status";
import { PRIORITY_WORDS } from "../words";
import { setAssignee, setPriority, setStatus } from "./actions";
import { AssignMe } from "./assign-me";
import { CUSTOMER_ID } from "./customer-column";
import { InlineSelect } from "./inline-select";
import { ListSteps } from "./list-steps";
import { Presence } from "./presence";
import { RelatedTickets } from "./related-tickets";
import { SnoozeControl } from "./snooze-control";
import { TagEditor } from "./tag-editor";
import { TicketDues } from "./ticket-dues";

type Props = {
  conversation: Conversation;
  related: RelatedTicket[];
  /** Who else has it open. */
  present: Present[];
  agents: { id: string; name: string }[];
  viewerId: string;
};

/** Subject and what can be changed in place. */
export function TicketHeader({ conversation, related, present, agents, viewerId }: Props) {
  const { ticket, earlier } = conversation;
  const requester = ticket.requester?.name || ticket.requester?.email || "Unknown sender";
  return (
    <header>
      <div className="sticky top-0 z-10 flex h-[52px] items-center gap-1.5 border-b border-rule bg-canvas px-2 md:hidden">
        <Link
          href={paths.tickets()}
          aria-label="Back to the tickets"
          className="grid size-11 place-items-center rounded-control text-ink-2"
        >
          <ChevronLeft aria-hidden className="icon" />
        </Link>
        <b className="grow text-section font-semibold">#{ticket.number}</b>
        <ListSteps number={ticket.number} />
      </div>
      <div className="gutter border-b border-rule pt-3.5 pb-3">
        <div className="flex items-start gap-4">
          <h1 className="min-w-0 grow text-xl font-semibold tracking-[-0.01em] wrap-anywhere">
            <span dir="auto">{ticket.subject}</span>{" "}
            <span className="font-normal text-ink-3 max-md:hidden">#{ticket.number}</span>
          </h1>
          <div className="max-md:hidden">
            <ListSteps number={ticket.number} />
          </div>
        </div>
        <div className="mt-2 flex flex-wrap items-center gap-1.5">
          <Controls ticket={ticket} agents={agents} viewerId={viewerId} />
          <SourceBadge source={ticket.source} />
          {ticket.isAutomatic && (
            <Badge tone="grey" icon={Bot}>
              Automatic
            </Badge>
          )}
          {ticket.isSpam && (
            <Badge tone="red" icon={ShieldX}>
              Spam
            </Badge>
          )}
          <TagEditor number={ticket.number} tags={ticket.tags} />
          <RelatedTickets number={ticket.number} related={related} />
          <Presence number={ticket.number} ticketId={ticket.id} initial={present} />
          <Wait ticket={ticket} />
          <TicketDues ticket={ticket} renderedAt={new Date()} />
        </div>
      </div>
      <button
        type="button"
        popoverTarget={CUSTOMER_ID}
        className="gutter flex min-h-11 w-full items-center gap-2 border-b border-rule text-left text-sm hover:bg-hover lg:hidden"
      >
        <Avatar name={requester} />
        <span className="min-w-0 grow truncate">
          <b dir="auto" className="font-semibold">
            {requester}
          </b>
          {earlier.count > 0 &&
            `, ${earlier.count === 1 ? "1 earlier ticket" : `${earlier.count} earlier tickets`}`}
        </span>
        <ChevronRight aria-hidden className="icon text-ink-3" />
      </button>
    </header>
  );
}

function Controls({
  ticket,
  agents,
  viewerId,
}: {
  ticket: Conversation["ticket"];
  agents: Props["agents"];
  viewerId: string;
}) {
  const { number, status, priority, assignee, snoozedUntil } = ticket;
  const isListed = agents.some(({ id }) => id === assignee?.id);
  return (
    <>
      <InlineSelect
        label="Status"
        name="status"
        command="status"
        value={status}
        number={number}
        action={setStatus}
        look={status}
        options={[status, ...STATUS_CHANGES[status]].map((each) => ({ value: each, label: each }))}
      />
      <InlineSelect
        label="Priority"
        name="priority"
        command="priority"
        value={priority}
        number={number}
        action={setPriority}
        look={priority}
        options={Object.entries(PRIORITY_WORDS).map(([value, label]) => ({ value, label }))}
      />
      <InlineSelect
        label="Assignee"
        name="assignee"
        command="assign"
        value={assignee?.id ?? ""}
        number={number}
        action={setAssignee}
        look="assignee"
        options={[
          { value: "", label: "Unassigned" },
          ...(assignee && !isListed ? [{ value: assignee.id, label: assignee.name }] : []),
          ...agents.map(({ id, name }) => ({
            value: id,
            label: id === viewerId ? `${name} (me)` : name,
          })),
        ]}
      />
      <AssignMe number={number} viewerId={viewerId} isMine={assignee?.id === viewerId} />
      {(status === "OPEN" || status === "PENDING" || snoozedUntil) && (
        <SnoozeControl number={number} until={snoozedUntil} />
      )}
    </>
  );
}

function Wait({ ticket }: { ticket: Conversation["ticket"] }) {
  if (ticket.status === "SOLVED" || ticket.status === "CLOSED") return null;
  return (
    <span
      className={classNames("text-sm md:ml-auto", ticket.awaitingUs ? "text-ink" : "text-ink-3")}
    >
      {ticket.awaitingUs ? "Awaiting us" : "Awaiting customer"},{" "}
      <RelativeTime date={ticket.awaitingSince} format="span" />
    </span>
  );
}
