import { Check, CircleSlash, type LucideIcon, X } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { ActionButton } from "@/app/ui/action-button";
import { initialsOf } from "@/app/ui/avatar";
import { Badge, StatusBadge, type Tone } from "@/app/ui/badge";
import { BouncedMark } from "@/app/ui/bounced-mark";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { RelativeTime } from "@/app/ui/relative-time";
import { explainBounce } from "@/lib/mail/explain-bounce";
import type { Conversation } from "@/lib/tickets/conversation";
import { SOURCE_WORDS } from "../words";
import { block, setSpam } from "./actions";
import { PersonNote } from "./person-note";
import { RequesterForm } from "./requester-form";
import { MergeElsewhere } from "./wrong-ticket";

/** The column's id: on narrow screens it is a drawer that the customer's row opens. */
export const CUSTOMER_ID = "customer";

type Props = {
  conversation: Conversation;
  /** The address that may be blocked here; null when there is none, or it is blocked. */
  toBlock: string | null;
};

/** Who asks, and what we know of them. */
export function CustomerColumn({ conversation, toBlock }: Props) {
  const { ticket } = conversation;
  return (
    <aside
      id={CUSTOMER_ID}
      popover="auto"
      aria-label="Customer"
      className="m-0 h-auto max-h-none w-auto divide-y divide-rule border-0 border-rule bg-transparent px-5 py-[18px] text-sm text-ink max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:left-auto max-lg:h-dvh max-lg:w-[min(320px,88vw)] max-lg:overflow-y-auto max-lg:bg-sheet max-lg:shadow-float lg:static lg:block lg:border-l [&>section]:py-3.5 [&>section:first-child]:pt-0"
    >
      <Requester ticket={ticket} />
      <AboutPerson ticket={ticket} />
      <EarlierTickets conversation={conversation} />
      <Participants conversation={conversation} />
      <SenderCheck conversation={conversation} />
      <section>
        <MergeElsewhere number={conversation.ticket.number} />
      </section>
      {!ticket.isSpam && (
        <section className="flex flex-wrap gap-2">
          <ActionButton
            action={setSpam}
            fields={{ number: String(ticket.number), isSpam: "yes" }}
            busy="Saving…"
            command="spam"
          >
            Mark as spam
          </ActionButton>
          {toBlock && <BlockSender number={ticket.number} sender={toBlock} />}
        </section>
      )}
    </aside>
  );
}

const heading = "mb-1.5 text-sm font-semibold";

function Requester({ ticket }: { ticket: Conversation["ticket"] }) {
  const { requester } = ticket;
  const name = requester?.name || requester?.email || "Unknown sender";
  return (
    <section>
      <div className="flex items-center gap-2">
        <span
          aria-hidden
          className="grid size-9 flex-none place-items-center rounded-full border border-grey-line bg-grey-bg text-sm font-semibold text-grey"
        >
          {initialsOf(name)}
        </span>
        <h2 dir="auto" className="min-w-0 text-section font-semibold wrap-anywhere">
          {requester ? (
            <Link
              href={paths.contact(requester.id)}
              prefetch={false}
              className="text-ink no-underline hover:underline"
            >
              {name}
            </Link>
          ) : (
            name
          )}
        </h2>
      </div>
      {requester ? (
        <ul className="mt-3 wrap-anywhere">
          {[requester, ...requester.mergedFrom].map(({ email, bouncedAt, bounceReason }) => (
            <li key={email}>
              {email}
              {bouncedAt && (
                <BouncedMark at={bouncedAt} cause={explainBounce(bounceReason).cause} />
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="mt-3 text-ink-2">
          The mail does not say who sent it, so it can’t be answered.
        </p>
      )}
      <dl className="mt-1.5 grid grid-cols-[76px_minmax(0,1fr)] gap-x-2 gap-y-1 [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
        {requester && (
          <>
            <dt>Known</dt>
            <dd>
              since <RelativeTime date={requester.createdAt} />
            </dd>
            <dt>Signs in</dt>
            <dd>{requester.user ? "yes, sees this ticket" : "no"}</dd>
          </>
        )}
        <dt>Opened</dt>
        <dd>
          <RelativeTime date={ticket.createdAt} />, {SOURCE_WORDS[ticket.source]}
        </dd>
        <dt>Account</dt>
        <dd>{ticket.account?.email ?? "none"}</dd>
      </dl>
      <RequesterForm
        number={ticket.number}
        requester={requester && (requester.name || requester.email)}
      />
    </section>
  );
}

function AboutPerson({ ticket }: { ticket: Conversation["ticket"] }) {
  const { requester, number } = ticket;
  if (!requester) return null;
  return (
    <section>
      <h3 className={heading}>Notes about this person</h3>
      <PersonNote
        key={requester.id}
        number={number}
        contactId={requester.id}
        note={requester.note}
        noteAt={requester.noteAt}
        noteBy={requester.noteBy?.name ?? null}
      />
    </section>
  );
}

function BlockSender({ number, sender }: { number: number; sender: string }) {
  return (
    <ConfirmDialog
      trigger="Block sender"
      triggerSize="small"
      title={`Block ${sender}?`}
      confirm="Block"
      busy="Blocking…"
      action={block}
      fields={{ number: String(number), what: "address" }}
    >
      Their new mail goes to spam by itself and gets no automatic answer. Nothing is deleted, they
      are told nothing, and it can be lifted here. This ticket stays where it is.
    </ConfirmDialog>
  );
}

function EarlierTickets({ conversation }: { conversation: Conversation }) {
  const { earlier, ticket } = conversation;
  if (earlier.count === 0 || !ticket.requester) return null;
  return (
    <section>
      <h3 className={heading}>
        Other tickets <span className="font-normal text-ink-3">{earlier.count}</span>
      </h3>
      <ul>
        {earlier.tickets.map(({ number, subject, status, lastMessageAt }) => (
          <li key={number} className="py-1">
            <Link
              href={paths.ticket(number)}
              prefetch={false}
              className="text-ink no-underline hover:underline"
            >
              <span dir="auto" className="wrap-anywhere">
                {subject}
              </span>{" "}
              <span className="text-ink-3">#{number}</span>
            </Link>
            <span className="mt-0.5 flex items-center gap-2 text-xs text-ink-3">
              <StatusBadge status={status} /> <RelativeTime date={lastMessageAt} />
            </span>
          </li>
        ))}
      </ul>
      {earlier.count > earlier.tickets.length && (
        <Link className="link" href={paths.contact(ticket.requester.id)} prefetch={false}>
          All {earlier.count + 1} tickets
        </Link>
      )}
    </section>
  );
}

function Participants({ conversation }: { conversation: Conversation }) {
  const others = conversation.participants.filter(
    ({ contact }) => contact.id !== conversation.ticket.requester?.id,
  );
  if (others.length === 0) return null;
  return (
    <section>
      <h3 className={heading}>Also on this ticket</h3>
      <ul className="space-y-1">
        {others.map(({ contact, isNew }) => (
          <li key={contact.id} className="wrap-anywhere">
            <span dir="auto">{contact.name || contact.email}</span>
            {contact.name && <span className="text-ink-3"> {contact.email}</span>}
            {isNew && <span className="text-amber">, new</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the receiving server found out about the sender of the newest mail. */
function SenderCheck({ conversation }: { conversation: Conversation }) {
  const newest = conversation.items.findLast(
    (item) => item.type === "message" && item.message.kind === "INBOUND",
  );
  const message = newest?.type === "message" ? newest.message : null;
  if (!message?.messageId) return null;
  const found = message.authentication;
  return (
    <section>
      <h3 className={heading}>Sender check</h3>
      {found ? (
        <div className="flex flex-wrap gap-[5px]">
          <Result method="SPF" result={found.spf} />
          <Result method="DKIM" result={found.dkim} />
          <Result method="DMARC" result={found.dmarc} />
        </div>
      ) : (
        <p className="text-ink-2">The receiving server did not check the sender.</p>
      )}
    </section>
  );
}

function Result({ method, result }: { method: string; result: string | null }) {
  const [tone, icon]: [Tone, LucideIcon] =
    result === "pass"
      ? ["green", Check]
      : result === "fail" || result === "softfail" || result === "permerror"
        ? ["red", X]
        : ["grey", CircleSlash];
  return (
    <span title={`${method}: ${result ?? "not checked"}`}>
      <Badge tone={tone} icon={icon}>
        {method}
        <span className="sr-only">: {result ?? "not checked"}</span>
      </Badge>
    </span>
  );
}
