import {
  CircleCheck,
  CirclePause,
  Clock,
  ClockAlert,
  KeyRound,
  type LucideIcon,
  PowerOff,
  TriangleAlert,
} from "lucide-react";
import { classNames } from "@/app/ui/class-names";
import { RelativeTime } from "@/app/ui/relative-time";
import type { HealthState } from "@/lib/accounts/health";
import type { AccountRow } from "@/lib/accounts/list";
import { NextPoll } from "./next-poll";

const LOOKS: Record<HealthState, { icon: LucideIcon; colour: string }> = {
  healthy: { icon: CircleCheck, colour: "text-green" },
  delayed: { icon: ClockAlert, colour: "text-amber" },
  failing: { icon: TriangleAlert, colour: "text-red" },
  "needs-password": { icon: KeyRound, colour: "text-red" },
  paused: { icon: CirclePause, colour: "text-grey" },
  "polling-off-globally": { icon: PowerOff, colour: "text-grey" },
  never: { icon: ClockAlert, colour: "text-amber" },
  starting: { icon: Clock, colour: "text-blue" },
};

const WILL_POLL: readonly HealthState[] = ["healthy", "delayed", "failing", "starting"];

/** How the account's polling is doing, in one line. */
export function HealthLine({ account, hasWorker }: { account: AccountRow; hasWorker: boolean }) {
  const { icon: Icon, colour } = LOOKS[account.health.state];
  const isFailing = account.failingSince !== null && account.consecutiveFailures > 0;
  return (
    <p className="mt-2 flex flex-wrap gap-x-[18px] gap-y-0.5 text-sm/5 text-ink-2">
      <span
        className={classNames("inline-flex items-center gap-1.5 font-semibold", colour)}
        title={account.health.sentence}
      >
        <Icon aria-hidden className="icon" />
        {account.health.label}
      </span>
      <span>
        Last polled: {account.lastPolledAt ? <RelativeTime date={account.lastPolledAt} /> : "Never"}
      </span>
      {isFailing && account.failingSince && (
        <span>
          First failed <RelativeTime date={account.failingSince} />, {account.consecutiveFailures}{" "}
          {account.consecutiveFailures === 1 ? "try" : "tries"}
        </span>
      )}
      {hasWorker && WILL_POLL.includes(account.health.state) && (
        <NextPoll at={account.nextPollAt.toISOString()} />
      )}
      {account.today.mails > 0 && (
        <span>
          Today {count(account.today.mails, "mail")}, {count(account.today.tickets, "ticket")}
        </span>
      )}
    </p>
  );
}

function count(n: number, word: string): string {
  return `${n.toLocaleString("en-US")} ${word}${n === 1 ? "" : "s"}`;
}
