import { GitCommitVertical } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { ActionButton } from "@/app/ui/action-button";
import { Avatar } from "@/app/ui/avatar";
import { RelativeTime } from "@/app/ui/relative-time";
import type {
  Conversation,
  ConversationEvent,
  ConversationMessage,
} from "@/lib/tickets/conversation";
import { describeEvent, moveIdOf, type Names } from "@/lib/tickets/describe-event";
import { undoCorrection } from "./actions";
import { ExpandAll } from "./expand-all";
import { Message } from "./message";
import { NewParticipant, PossibleReply } from "./notices";
import { senderName } from "./sender-name";

/** Messages that stand open at the end; older ones are folded to a line. */
const OPEN_MESSAGES = 3;

/** Everything said on the ticket, in the order of time. */
export function ConversationView({
  conversation,
  viewerId,
  isExpanded,
  isAll,
}: {
  conversation: Conversation;
  viewerId: string;
  /** The older messages begin open. */
  isExpanded: boolean;
  /** More than the usual number of messages was asked for. */
  isAll: boolean;
}) {
  const { ticket, hiddenMessages, names, participants } = conversation;
  const blocks = blocksOf(conversation);
  const messages = blocks.filter((block) => block.type === "message");
  const open = new Set(messages.slice(-OPEN_MESSAGES).map(({ message }) => message.id));
  const mails = messages.filter(({ message }) => message.kind !== "NOTE").length;
  const shared = {
    number: ticket.number,
    viewerId,
    isAlone: mails + hiddenMessages === 1,
  };
  const newcomers = new Map(
    participants.filter(({ isNew }) => isNew).map((one) => [one.contact.id, one]),
  );
  const firstOf = new Map<string, string>();
  for (const { message } of messages) {
    if (message.contactId && !firstOf.has(message.contactId))
      firstOf.set(message.contactId, message.id);
  }
  return (
    <section aria-label="Conversation" className="pt-1">
      <PossibleReply ticket={ticket} />
      {hiddenMessages > 0 && (
        <p className="border-b border-rule py-2.5 text-sm text-ink-2">
          {hiddenMessages} older {hiddenMessages === 1 ? "message is" : "messages are"} not shown.{" "}
          <Link
            className="link"
            href={paths.ticket(ticket.number, { all: true, expand: isExpanded || null })}
            prefetch={false}
          >
            Show all
          </Link>
        </p>
      )}
      {messages.length > OPEN_MESSAGES && (
        <div className="flex justify-end py-1">
          <ExpandAll number={ticket.number} isExpanded={isExpanded} isAll={isAll} />
        </div>
      )}
      {blocks.map((block) => {
        if (block.type === "correction")
          return (
            <Correction
              key={block.event.id}
              event={block.event}
              names={names}
              number={ticket.number}
              moveId={block.moveId}
            />
          );
        if (block.type === "events")
          return <Events key={block.events[0]?.id} events={block.events} names={names} />;
        const { message } = block;
        const newcomer = newcomers.get(message.contactId ?? "");
        return (
          <div key={message.id}>
            {newcomer && firstOf.get(newcomer.contact.id) === message.id && (
              <NewParticipant number={ticket.number} contact={newcomer.contact} />
            )}
            {open.has(message.id) ? (
              <Message message={message} {...shared} />
            ) : (
              <Folded message={message} isExpanded={isExpanded} {...shared} />
            )}
          </div>
        );
      })}
    </section>
  );
}

type Block =
  | { type: "message"; message: ConversationMessage }
  | { type: "events"; events: ConversationEvent[] }
  | { type: "correction"; event: ConversationEvent; moveId: string };

/**
 * Events that follow each other become one block, and what can be undone a line of its own. That a
 * ticket was opened needs no line.
 */
function blocksOf({ items, undoable }: Pick<Conversation, "items" | "undoable">): Block[] {
  const blocks: Block[] = [];
  for (const item of items) {
    if (item.type === "message") {
      blocks.push({ type: "message", message: item.message });
      continue;
    }
    if (item.event.kind === "opened") continue;
    const moveId = moveIdOf(item.event);
    if (moveId && undoable.has(moveId)) {
      blocks.push({ type: "correction", event: item.event, moveId });
      continue;
    }
    const last = blocks.at(-1);
    if (last?.type === "events") last.events.push(item.event);
    else blocks.push({ type: "events", events: [item.event] });
  }
  return blocks;
}

function Folded(props: {
  message: ConversationMessage;
  number: number;
  viewerId: string;
  isAlone: boolean;
  isExpanded: boolean;
}) {
  const { message, viewerId, isExpanded } = props;
  const name = senderName(message);
  const isNote = message.kind === "NOTE";
  return (
    <details data-fold open={isExpanded} className="group border-b border-rule">
      <summary className="grid min-h-[42px] list-none grid-cols-[28px_128px_minmax(0,1fr)_auto] items-center gap-x-3.5 text-sm text-ink-2 hover:bg-hover max-md:grid-cols-[24px_minmax(0,1fr)_auto] max-md:gap-x-3 max-md:py-2 [&::-webkit-details-marker]:hidden">
        <span className="max-md:row-span-2">
          <Avatar name={name} isMe={message.author?.id === viewerId} />
        </span>
        <b dir="auto" className="truncate font-semibold">
          {name}
        </b>
        <span
          dir="auto"
          className="truncate group-open:invisible max-md:col-[2/4] max-md:row-start-2 max-md:text-ink-3"
        >
          {isNote && <span className="text-note-ink">Internal note: </span>}
          {message.newText.slice(0, 200) || message.subject}
        </span>
        <RelativeTime date={message.saidAt} className="text-xs text-ink-3" />
      </summary>
      <Message {...props} isInFold />
    </details>
  );
}

function Events({ events, names }: { events: ConversationEvent[]; names: Names }) {
  const [first, second, ...rest] = events;
  if (!first) return null;
  const short = second
    ? `${describeEvent(first, names)}, ${lowerFirst(describeEvent(second, names))}`
    : describeEvent(first, names);
  return (
    <details className="group border-b border-rule text-sm text-ink-3">
      <summary className="flex list-none gap-2 py-[9px] pl-2 max-md:pl-0 [&::-webkit-details-marker]:hidden">
        <GitCommitVertical aria-hidden className="icon mr-3 max-md:mr-1" />
        <span className="min-w-0 grow wrap-anywhere">
          {short}
          {rest.length > 0 && (
            <span className="link ml-1">
              and {rest.length === 1 ? "1 more change" : `${rest.length} more changes`}
            </span>
          )}
        </span>
        <RelativeTime date={first.createdAt} className="flex-none text-xs" />
      </summary>
      <ul className="pb-2.5 pl-[46px] max-md:pl-7">
        {events.map((event) => (
          <li key={event.id} className="flex gap-3 py-0.5">
            <span className="min-w-0 grow wrap-anywhere">
              {describeEvent(event, names)}
              {event.actor && `, by ${event.actor.name}`}
            </span>
            <RelativeTime date={event.createdAt} className="flex-none text-xs" />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A move, split or merge, with the step back. */
function Correction({
  event,
  names,
  number,
  moveId,
}: {
  event: ConversationEvent;
  names: Names;
  number: number;
  moveId: string;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 border-b border-rule py-[7px] pl-2 text-sm text-ink-3 max-md:pl-0">
      <GitCommitVertical aria-hidden className="icon mr-3 max-md:mr-1" />
      <span className="min-w-0 grow wrap-anywhere">
        {describeEvent(event, names)}
        {event.actor && `, by ${event.actor.name}`}
      </span>
      <ActionButton
        action={undoCorrection}
        fields={{ number: String(number), moveId }}
        busy="Undoing…"
      >
        Undo
      </ActionButton>
      <RelativeTime date={event.createdAt} className="flex-none text-xs" />
    </div>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
