"use client";

import { Check, CircleAlert, CircleCheck, Minus, Send, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button, SubmitButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import type { ProbeResult, Stage } from "@/lib/transport/probe";
import { guideFor } from "./guide-link";
import { OtherWayOffer } from "./other-way-offer";
import { TestDiagnostics } from "./test-diagnostics";

const SIGNS = {
  ok: { icon: Check, colour: "text-green", word: "Passed" },
  warning: { icon: TriangleAlert, colour: "text-amber", word: "Warning" },
  failed: { icon: X, colour: "text-red", word: "Failed" },
  skipped: { icon: Minus, colour: "text-ink-3", word: "Not tried" },
} as const;

type Props = {
  report: ProbeResult;
  onClose?: () => void;
  /** In the account's form: a test mail is on its way. */
  isSending?: boolean;
  /** Outside of it: the account that was tested, and what runs another test of it. */
  stored?: { id: string; action: (form: FormData) => void };
};

/**
 * A connection test, step by step: the guide's sentence as heading, a row for every stage, and after
 * a failure its cause, what to do, what works instead, and the server's own words folded. Stays until
 * it is closed.
 */
export function TestResult({ report, onClose, isSending, stored }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (report) heading.current?.focus();
  }, [report]);
  const Icon = report.ok ? CircleCheck : CircleAlert;
  return (
    <section
      aria-label={report.headline}
      className="overflow-hidden rounded-panel border border-rule bg-sunk"
    >
      <header className="flex items-center gap-2 border-b border-rule py-1.5 pr-1.5 pl-3.5">
        <Icon aria-hidden className={`icon ${report.ok ? "text-green" : "text-red"}`} />
        <h3
          ref={heading}
          tabIndex={-1}
          role={report.ok ? "status" : "alert"}
          className="grow text-base font-semibold"
        >
          {report.headline}
        </h3>
        <span className="text-sm whitespace-nowrap text-ink-3">
          {(report.totalMs / 1000).toFixed(2)} s
        </span>
        {onClose && (
          <Button
            variant="quiet"
            size="icon"
            aria-label="Close the test's result"
            onClick={onClose}
          >
            <X aria-hidden className="icon" />
          </Button>
        )}
      </header>
      <ol className="py-1.5">
        {report.stages.map((stage) => (
          <StageRow key={stage.name} stage={stage} />
        ))}
      </ol>
      {report.failure && <Failure failure={report.failure} />}
      {report.otherWay && (
        <OtherWayOffer server={report.server} way={report.otherWay} accountId={stored?.id} />
      )}
      {mayHaveMail(report) && (
        <div className="border-t border-rule px-3.5 py-2.5">
          {stored ? (
            <form action={stored.action}>
              <input type="hidden" name="id" value={stored.id} />
              <SendButton name="test" value="mail" />
            </form>
          ) : (
            <SendButton name="intent" value="test-mail" pending={isSending === true} />
          )}
          <p className="mt-1.5 text-sm text-ink-3">
            From the account to itself, and seen arriving in its inbox. It makes no ticket.
          </p>
        </div>
      )}
      <TestDiagnostics report={report} />
    </section>
  );
}

/** Sending works, and no mail has been sent yet; or one was, and did not come back. */
function mayHaveMail({ server, ok, stages }: ProbeResult): boolean {
  const hasSent = stages.some(({ name }) => name === "Test mail");
  return server.protocol === "smtp" && (hasSent ? !ok : ok);
}

function SendButton(props: { name: string; value: string; pending?: boolean }) {
  return (
    <SubmitButton
      variant="default"
      size="small"
      icon={<Send aria-hidden className="icon" />}
      busy="Sending and waiting…"
      {...props}
    >
      Send a test mail
    </SubmitButton>
  );
}

function StageRow({ stage }: { stage: Stage }) {
  const { icon: Icon, colour, word } = SIGNS[stage.state];
  const hasTime = stage.state !== "skipped" && stage.ms > 0;
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_56px] gap-x-2.5 px-3.5 py-1.5 text-sm/5 md:grid-cols-[16px_96px_minmax(0,1fr)_64px] md:gap-x-3">
      <Icon aria-hidden className={`icon mt-0.5 ${colour}`} />
      <span className="font-semibold">
        {stage.name}
        <span className="sr-only">: {word}</span>
      </span>
      <span className="break-words text-ink-2 max-md:col-start-2 max-md:row-start-2">
        {stage.fact || word}
      </span>
      <span className="text-right text-ink-3 max-md:col-start-3 max-md:row-start-1">
        {hasTime && `${Math.round(stage.ms)} ms`}
      </span>
    </li>
  );
}

function Failure({ failure }: { failure: NonNullable<ProbeResult["failure"]> }) {
  const guide = guideFor(failure.cause);
  return (
    <div className="border-t border-rule px-3.5 py-3 text-base">
      <p className="font-semibold">{failure.cause}</p>
      <p className="mt-0.5 text-ink-2">{failure.fix}</p>
      {failure.link && (
        <p className="mt-1.5 text-sm">
          <a className="link" href={failure.link} target="_blank" rel="noreferrer">
            {new URL(failure.link).hostname}
          </a>
        </p>
      )}
      <p className="mt-1.5 text-sm">
        <a className="link" href={guide.href} target="_blank" rel="noreferrer">
          {guide.label}
        </a>
      </p>
      {failure.serverSaid && (
        <Disclosure label="What the server said" className="mt-2">
          <p className="font-mono text-xs break-words text-ink-2">{failure.serverSaid}</p>
        </Disclosure>
      )}
    </div>
  );
}
