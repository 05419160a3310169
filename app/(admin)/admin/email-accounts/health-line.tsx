import {
  CircleCheck,
  CirclePause,
  Clock,
  ClockAlert,
  KeyRound,
  type LucideIcon,
  Plug,
  PowerOff,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/app/ui/class-names";
import { ClockTime } from "@/app/ui/clock-time";
import { RelativeTime } from "@/app/ui/relative-time";
import type { AccountHealth, HealthState } from "@/lib/accounts/health";
import type { AccountRow } from "@/lib/accounts/list";
import { NextPoll } from "./next-poll";

const LOOKS: Record<HealthState, { icon: LucideIcon; colour: string }> = {
  healthy: { icon: CircleCheck, colour: "text-green" },
  delayed: { icon: ClockAlert, colour: "text-amber" },
  failing: { icon: TriangleAlert, colour: "text-red" },
  "needs-password": { icon: KeyRound, colour: "text-red" },
  reconnect: { icon: Plug, colour: "text-amber" },
  paused: { icon: CirclePause, colour: "text-grey" },
  "polling-off-globally": { icon: PowerOff, colour: "text-grey" },
  never: { icon: ClockAlert, colour: "text-amber" },
  starting: { icon: Clock, colour: "text-blue" },
};

const WILL_POLL: readonly HealthState[] = ["healthy", "delayed", "failing", "starting"];

/** The state in words, with its sign and colour; since when, where it fails. */
export function HealthLabel({
  health,
  failingSince,
}: {
  health: AccountHealth;
  failingSince: Date | null;
}) {
  const { icon: Icon, colour } = LOOKS[health.state];
  return (
    <span
      className={classNames("inline-flex items-center gap-1.5 font-semibold", colour)}
      title={health.sentence}
    >
      <Icon aria-hidden className="icon" />
      <span>
        {health.label}
        {health.state === "failing" && failingSince && (
          <>
            {" since "}
            <ClockTime date={failingSince} />
          </>
        )}
      </span>
    </span>
  );
}

type Polled = Pick<
  AccountRow,
  "health" | "lastPolledAt" | "failingSince" | "consecutiveFailures" | "nextPollAt"
>;

/** How the account's polling is doing, in one line. */
export function HealthLine({
  account,
  hasWorker,
  children,
}: {
  account: Polled;
  hasWorker: boolean;
  children?: ReactNode;
}) {
  const { health, failingSince, consecutiveFailures } = account;
  const isFailing = failingSince !== null && consecutiveFailures > 0;
  const tries = `${consecutiveFailures} ${consecutiveFailures === 1 ? "try" : "tries"}`;
  return (
    <p className="mt-2 flex flex-wrap gap-x-[18px] gap-y-0.5 text-sm/5 text-ink-2">
      <HealthLabel health={health} failingSince={failingSince} />
      <span>
        Last polled: {account.lastPolledAt ? <RelativeTime date={account.lastPolledAt} /> : "Never"}
      </span>
      {isFailing && health.state === "failing" && <span>{tries}</span>}
      {isFailing && health.state !== "failing" && (
        <span>
          First failed <RelativeTime date={failingSince} />, {tries}
        </span>
      )}
      {hasWorker && WILL_POLL.includes(health.state) && (
        <NextPoll at={account.nextPollAt.toISOString()} />
      )}
      {children}
    </p>
  );
}

/** What came in today, where something did. */
export function TodaysMail({ today }: Pick<AccountRow, "today">) {
  if (today.mails === 0) return null;
  return (
    <span>
      Today {count(today.mails, "mail")}, {count(today.tickets, "ticket")}
    </span>
  );
}

function count(n: number, word: string): string {
  return `${n.toLocaleString("en-US")} ${word}${n === 1 ? "" : "s"}`;
}
