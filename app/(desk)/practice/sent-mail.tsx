import { Check, CircleAlert, Clock } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "@/app/paths";
import { RelativeTime } from "@/app/ui/relative-time";
import type { PracticeOutcome } from "@/lib/practice";
import type { SentMail } from "./practice-server";

/** One practice mail on its way: sent, read by the poll, and what became of it. */
export function SentMailRow({
  mail,
  outcome,
}: {
  mail: SentMail;
  outcome: PracticeOutcome | undefined;
}) {
  const sentAt = new Date(mail.sentAt);
  return (
    <li className="border-rule border-t py-3 first:border-t-0">
      <p className="font-semibold">{mail.what}</p>
      <ol className="mt-1 space-y-1 text-sm">
        <Step state="done" aside={<RelativeTime date={sentAt} />}>
          Sent to support@practice.test
        </Step>
        <Step
          state={outcome ? "done" : "waiting"}
          aside={outcome && secondsAfter(sentAt, outcome.receivedAt)}
        >
          {outcome ? "Read by the poll" : "Waiting for the poll"}
        </Step>
        <LastStep outcome={outcome} />
      </ol>
    </li>
  );
}

function LastStep({ outcome }: { outcome: PracticeOutcome | undefined }) {
  if (!outcome || outcome.status === "PENDING")
    return <Step state="waiting">Not a ticket yet</Step>;
  const { ticketNumber, reason } = outcome;
  const aside = outcome.processedAt && secondsAfter(outcome.receivedAt, outcome.processedAt);
  if (ticketNumber === null)
    return (
      <Step state="stopped" aside={aside} note={reason}>
        {SENTENCES[outcome.status]}
      </Step>
    );
  const link = (
    <Link className="link font-semibold" href={paths.ticket(ticketNumber)} prefetch={false}>
      ticket #{ticketNumber}
    </Link>
  );
  if (outcome.outcome === "ticket")
    return (
      <Step state="done" aside={aside}>
        Opened {link}
      </Step>
    );
  return (
    <Step state="done" aside={aside} note={reason}>
      Joined {link}
    </Step>
  );
}

const SENTENCES: Record<PracticeOutcome["status"], string> = {
  PENDING: "Not a ticket yet",
  PROCESSED: "Kept without a ticket",
  DUPLICATE: "Seen before, so stored once",
  IGNORED: "Ignored",
  HELD: "Held for an admin's yes",
  QUARANTINED: "In quarantine",
};

const ICONS = { done: Check, waiting: Clock, stopped: CircleAlert };
const INKS = { done: "text-green", waiting: "text-ink-3", stopped: "text-amber" };

function Step({
  state,
  aside,
  note,
  children,
}: {
  state: keyof typeof ICONS;
  aside?: ReactNode;
  note?: string | null;
  children: ReactNode;
}) {
  const Icon = ICONS[state];
  return (
    <li className="flex items-start gap-2">
      <Icon aria-hidden className={`icon mt-px ${INKS[state]}`} />
      <span className="min-w-0 grow">
        <span className={state === "waiting" ? "text-ink-3" : undefined}>{children}</span>
        {note && <span className="block break-words text-ink-3">{note}</span>}
      </span>
      {aside && <span className="whitespace-nowrap text-ink-3">{aside}</span>}
    </li>
  );
}

function secondsAfter(from: Date, to: Date): string {
  const seconds = Math.max(0, to.getTime() - from.getTime()) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
