import {
  Ban,
  CheckCheck,
  CircleQuestionMark,
  Clock,
  type LucideIcon,
  SendHorizontal,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { ActionButton } from "@/app/ui/action-button";
import { classNames } from "@/app/ui/class-names";
import { Disclosure } from "@/app/ui/disclosure";
import { RelativeTime } from "@/app/ui/relative-time";
import { explainBounce } from "@/lib/mail/explain-bounce";
import type { Delivery } from "@/lib/tickets/conversation";
import { cancel, retry } from "./actions";
import { UndoLine } from "./undo-line";

/** What became of an outgoing mail: one line per delivery, and one per recipient who is in trouble. */
export function DeliveryLine({ deliveries, number }: { deliveries: Delivery[]; number: number }) {
  if (deliveries.length === 0)
    return <p className="mt-2.5 text-sm text-ink-3">Not sent by mail.</p>;
  return (
    <div className="mt-2.5 space-y-1">
      {deliveries.map((delivery) => (
        <div key={delivery.id}>
          <State delivery={delivery} />
          <Troubles delivery={delivery} />
          <Controls delivery={delivery} number={number} />
        </div>
      ))}
    </div>
  );
}

function Line({
  icon: Icon,
  tone,
  word,
  children,
  serverSaid,
}: {
  icon: LucideIcon;
  tone: string;
  word: ReactNode;
  children?: ReactNode;
  serverSaid?: string | null;
}) {
  return (
    <div className="text-sm text-ink-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={classNames("inline-flex items-center gap-1.5 font-semibold", tone)}>
          <Icon aria-hidden className="icon" />
          {word}
        </span>
        <span className="min-w-0 wrap-anywhere">{children}</span>
      </div>
      {serverSaid && (
        <Disclosure label="What the server said" className="mt-1">
          <p className="font-mono text-xs wrap-anywhere">{serverSaid}</p>
        </Disclosure>
      )}
    </div>
  );
}

function State({ delivery }: { delivery: Delivery }) {
  const {
    status,
    attempts,
    nextAttemptAt,
    giveUpAt,
    sentAt,
    lastResponse,
    lastError,
    lastErrorFix,
    cancelledBy,
  } = delivery;
  switch (status) {
    case "QUEUED":
      if (delivery.isHeldUp)
        return (
          <Line icon={Clock} tone="text-amber" word="Queued">
            Waiting: at most 30 mails a minute leave from this account.
          </Line>
        );
      if (attempts === 0 && lastError)
        return (
          <Line icon={Clock} tone="text-amber" word="Waiting">
            {lastError}
          </Line>
        );
      if (attempts === 0)
        return (
          <Line icon={Clock} tone="text-grey" word="Queued">
            {delivery.undoSeconds === 0 && "A worker sends it within seconds."}
          </Line>
        );
      return (
        <Line icon={Clock} tone="text-amber" word="Waiting to try again" serverSaid={lastResponse}>
          {lastError} Next try <RelativeTime date={nextAttemptAt} />, until{" "}
          <RelativeTime date={giveUpAt} />.
        </Line>
      );
    case "SENDING":
      return <Line icon={SendHorizontal} tone="text-blue" word="Sending…" />;
    case "SENT":
      return (
        <Line
          icon={CheckCheck}
          tone="text-green"
          word={<>Sent {sentAt && <RelativeTime date={sentAt} />}</>}
        >
          {lastResponse && `Accepted: ${lastResponse}`}
        </Line>
      );
    case "FAILED":
      return (
        <Line icon={TriangleAlert} tone="text-red" word="Not sent" serverSaid={lastResponse}>
          {lastError} {lastErrorFix}
        </Line>
      );
    case "CANCELLED":
      return (
        <Line icon={Ban} tone="text-grey" word="Cancelled">
          {cancelledBy ? `${cancelledBy} stopped it before it was sent.` : "Not sent."}
        </Line>
      );
    case "UNKNOWN":
      return (
        <Line
          icon={CircleQuestionMark}
          tone="text-amber"
          word="Delivery unknown"
          serverSaid={lastResponse}
        >
          {lastError ??
            "The connection broke after the mail was handed over. It may or may not have arrived."}{" "}
          {lastErrorFix}
        </Line>
      );
    default:
      return status satisfies never;
  }
}

/** What an agent can do about it. While it can be taken back, that comes first. */
function Controls({ delivery, number }: { delivery: Delivery; number: number }) {
  const fields = { number: String(number), deliveryId: delivery.id };
  switch (delivery.status) {
    case "QUEUED":
      return (
        <UndoLine {...fields} seconds={delivery.undoSeconds}>
          <ActionButton action={cancel} fields={fields} busy="Cancelling…">
            Cancel
          </ActionButton>
        </UndoLine>
      );
    case "FAILED":
    case "UNKNOWN":
    case "CANCELLED":
      return (
        <div className="mt-1 space-y-1">
          {delivery.status === "UNKNOWN" && (
            <p className="text-sm text-ink-2">
              If you send it again, the customer may get it twice.
            </p>
          )}
          <ActionButton action={retry} fields={fields} busy="Queueing…">
            Try again
          </ActionButton>
        </div>
      );
    default:
      return null;
  }
}

function Troubles({ delivery }: { delivery: Delivery }) {
  const troubles = delivery.recipients.filter(
    ({ status, bounce }) =>
      bounce || status === "refused" || status === "bounced" || status === "deferred",
  );
  if (troubles.length === 0) return null;
  return (
    <ul className="mt-1 space-y-1">
      {troubles.map(({ address, status, response, bounce }) => (
        <li key={address} className="flex gap-1.5 text-sm text-red">
          <TriangleAlert aria-hidden className="icon mt-px" />
          <span className="min-w-0 wrap-anywhere">
            {address} {bounce && status !== "bounced" ? "is delayed" : TROUBLE_WORDS[status]}
            {bounce ? (
              <Returned {...bounce} isFinal={status === "bounced"} />
            ) : (
              response && `: ${response}`
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What the report of a return means, and what to do about it. */
function Returned({ status, reason, isFinal }: Bounce & { isFinal: boolean }) {
  const { cause, fix } = explainBounce(reason);
  return (
    <>
      {` (${status}): ${cause} `}
      <span className="text-ink-2">
        {isFinal ? fix : "The server still tries; you need not send it again."}
      </span>
    </>
  );
}

type Bounce = NonNullable<Delivery["recipients"][number]["bounce"]>;

const TROUBLE_WORDS: Record<Delivery["recipients"][number]["status"], string> = {
  queued: "is waiting",
  accepted: "was accepted",
  refused: "was refused",
  deferred: "was put off",
  bounced: "came back",
};
