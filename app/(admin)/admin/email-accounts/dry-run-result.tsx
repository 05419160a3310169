import { CircleAlert } from "lucide-react";
import { Callout } from "@/app/ui/callout";
import { Disclosure } from "@/app/ui/disclosure";
import type { DryMail, DryOutcome, DryRun, DryRunFailure } from "@/lib/accounts/dry-run";
import { countOf, drySentence } from "./dry-sentence";

const OUTCOMES: Record<DryOutcome, string> = {
  ticket: "New ticket",
  reply: "Answer on a ticket",
  automatic: "Automatic",
  known: "Known already",
  own: "Our own",
  unreadable: "Quarantine",
};

/** What the mails in the folder would become, in one sentence, with the mails below. */
export function DryRunResult({ run }: { run: DryRun | DryRunFailure }) {
  if (!run.ok) {
    return (
      <Callout
        tone="red"
        title={run.cause}
        {...(run.serverSaid ? { serverSaid: run.serverSaid } : {})}
      >
        {run.fix}
      </Callout>
    );
  }
  const { found, looked, isOnlyShown, mails, automaticTickets } = run;
  return (
    <section
      aria-label="Dry run"
      className="overflow-hidden rounded-panel border border-rule bg-sunk text-sm"
    >
      <div className="space-y-1.5 px-3.5 py-3">
        <p role="status" className="text-base font-semibold">
          {drySentence(run)}
        </p>
        {isOnlyShown && looked > 0 && (
          <p className="text-ink-2">
            From now on none of them makes a ticket: this is only to show what to expect.
          </p>
        )}
        {automaticTickets > 0 && (
          <p className="text-ink-2">
            {countOf(automaticTickets, "automatic mail", "automatic mails")} would open a ticket,
            marked as automatic.
          </p>
        )}
        {looked < found && (
          <p className="flex gap-1.5 text-amber">
            <CircleAlert aria-hidden className="icon mt-px" />
            Only a part: the newest {looked.toLocaleString("en-US")} of about{" "}
            {found.toLocaleString("en-US")} were looked at.
          </p>
        )}
        <p className="text-ink-3">
          Nothing was changed, neither in the mailbox nor here. {(run.ms / 1000).toFixed(1)} s.
        </p>
      </div>
      {mails.length > 0 && <Mails mails={mails} looked={looked} />}
    </section>
  );
}

function Mails({ mails, looked }: { mails: DryMail[]; looked: number }) {
  const label = mails.length < looked ? `Show the newest ${mails.length}` : "Show the mails";
  return (
    <div className="border-t border-rule px-3.5 py-2.5">
      <Disclosure label={label}>
        <ul className="divide-y divide-rule">
          {mails.map(({ at, from, subject, outcome }, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is never changed
            <li key={row} className="grid gap-x-3 py-1.5 md:grid-cols-[minmax(0,1fr)_9rem]">
              <div className="min-w-0">
                <p className="truncate" dir="auto">
                  {subject || "(no subject)"}
                </p>
                <p className="truncate text-xs text-ink-3">
                  <bdi>{from}</bdi>, <time dateTime={at}>{at.slice(0, 10)}</time>
                </p>
              </div>
              <p className="text-ink-2 md:text-right">{OUTCOMES[outcome]}</p>
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  );
}
