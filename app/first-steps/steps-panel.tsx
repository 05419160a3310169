"use client";

import { ArrowRight, ChevronRight, Circle, CircleCheck, ListChecks } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useActionState, useCallback, useEffect, useState } from "react";
import type { FirstStep, FirstSteps } from "@/lib/first-steps";
import { type FormAction, idle } from "../action-state";
import { paths } from "../paths";
import { Button, LinkButton, SubmitButton } from "../ui/button";
import { classNames } from "../ui/class-names";
import { type LiveTopic, useNotices } from "../ui/live";
import { useWords } from "../words/language-context";
import { stepsWords } from "../words/steps";
import { closeSteps, hideSteps, readSteps } from "./actions";
import { RemoveSamples } from "./remove-samples";
import { pathOf, tellStep } from "./step-words";

const TOPICS: LiveTopic[] = ["ticket", "account", "outbound"];

/**
 * The list of first steps. It reads itself again when mail or accounts change, without reading the
 * page around it, so that no row of a list moves because of it.
 */
export function StepsPanel({ first, isFolded }: { first: FirstSteps; isFolded: boolean }) {
  const words = useWords(stepsWords);
  const [now, setNow] = useState<FirstSteps | null>(first);
  useEffect(() => setNow(first), [first]);
  useNotices(
    TOPICS,
    useCallback(async () => setNow(await readSteps()), []),
  );
  if (!now) return null;
  const { steps } = now;
  const done = steps.filter(({ isDone }) => isDone).length;
  const next = steps.find(({ id }) => id === now.next);
  return (
    <section
      aria-labelledby="first-steps"
      className="gutter border-b border-rule bg-sunk py-3 md:py-3.5"
    >
      {next ? (
        <Steps now={now} next={next} done={done} isFolded={isFolded} />
      ) : (
        <div className="flex items-center gap-2.5">
          <CircleCheck aria-hidden className="icon text-green" />
          <p className="grow">
            <b id="first-steps" className="font-semibold">
              {words.allDone}
            </b>{" "}
            <span className="text-ink-2">{words.ready}</span>
          </p>
          <PutAway action={closeSteps}>{words.close}</PutAway>
        </div>
      )}
      {now.sampleTickets !== null && <RemoveSamples tickets={now.sampleTickets} />}
    </section>
  );
}

type StepsProps = { now: FirstSteps; next: FirstStep; done: number; isFolded: boolean };

function Steps({ now, next, done, isFolded }: StepsProps) {
  const words = useWords(stepsWords);
  // Until somebody folds or unfolds it, the width decides: on a phone the rest is folded.
  const [isOpen, setOpen] = useState<boolean | null>(isFolded ? false : null);
  const total = now.steps.length;
  const shown = isOpen === null ? "max-md:hidden" : isOpen ? undefined : "hidden";
  const toggle = () => {
    const isWide = window.matchMedia("(min-width: 701px)").matches;
    setOpen(!(isOpen ?? isWide));
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="first-steps" className="flex items-center gap-2 text-section font-semibold">
          <ListChecks aria-hidden className="icon text-ink-3" />
          {words.heading}
        </h2>
        <p aria-live="polite" className="text-sm text-ink-2">
          {words.progress(done, total)}
        </p>
        <Progress done={done} total={total} />
        <div className="ml-auto flex items-center gap-1">
          <div className="max-md:hidden">
            <PutAway action={hideSteps}>{words.hide}</PutAway>
          </div>
          <Button
            variant="quiet"
            size="small"
            aria-expanded={isOpen ?? undefined}
            aria-controls="all-first-steps"
            onClick={toggle}
            icon={
              <ChevronRight
                aria-hidden
                className={classNames(
                  "icon-badge transition-transform",
                  isOpen === null ? "md:rotate-90" : isOpen && "rotate-90",
                )}
              />
            }
          >
            {words.allSteps}
          </Button>
        </div>
      </div>
      <NextStep step={next} ownAddress={now.ownAddress} />
      <div id="all-first-steps" className={classNames("mt-2.5 border-t border-rule pt-2.5", shown)}>
        <ol className="gap-x-8 md:columns-2">
          {now.steps.map((step) => (
            <StepLine
              key={step.id}
              step={step}
              isNext={step === next}
              ownAddress={now.ownAddress}
            />
          ))}
        </ol>
        <div className="mt-1.5 -ml-[9px] md:hidden">
          <PutAway action={hideSteps}>{words.hide}</PutAway>
        </div>
      </div>
    </>
  );
}

/** The next step with its one action, unless it is done on this very page or outside of Mailroom. */
function NextStep({ step, ownAddress }: { step: FirstStep; ownAddress: string | null }) {
  const here = usePathname();
  const words = useWords(stepsWords);
  const { title, hint, action } = tellStep(step, ownAddress, words);
  const path = pathOf(step.place);
  const isHere = here === path || (here === paths.emailAccounts && path === paths.newEmailAccount);
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="flex min-w-0 basis-[300px] gap-2.5 md:grow">
        <ArrowRight aria-hidden className="icon mt-0.5 text-accent" />
        <p className="min-w-0 [overflow-wrap:anywhere]">
          <span className="sr-only">{words.next} </span>
          <b className="font-semibold">{title}</b>
          <span className="block text-sm text-ink-2">{hint}</span>
        </p>
      </div>
      {action && path && !isHere && (
        <LinkButton href={path} prefetch={false} className="max-md:ml-[26px]">
          {action}
        </LinkButton>
      )}
    </div>
  );
}

type LineProps = { step: FirstStep; isNext: boolean; ownAddress: string | null };

function StepLine({ step, isNext, ownAddress }: LineProps) {
  const words = useWords(stepsWords);
  const { title } = tellStep(step, ownAddress, words);
  const path = pathOf(step.place);
  const Icon = step.isDone ? CircleCheck : isNext ? ArrowRight : Circle;
  const ink = step.isDone ? "text-green" : isNext ? "text-accent" : "text-ink-3";
  return (
    <li
      aria-current={isNext ? "step" : undefined}
      className="flex min-h-7 break-inside-avoid items-center max-md:min-h-9 gap-2.5 text-sm"
    >
      <Icon aria-hidden className={classNames("icon", ink)} />
      {step.isDone ? (
        <span className="text-ink-2">
          <span className="sr-only">{words.done} </span>
          {title}
        </span>
      ) : path ? (
        <Link href={path} prefetch={false} className="link max-md:py-2">
          {title}
        </Link>
      ) : (
        <span>{title}</span>
      )}
    </li>
  );
}

/** As many bars as steps; the words beside it say the same. */
function Progress({ done, total }: { done: number; total: number }) {
  const bars = Array.from({ length: total }, (_, place) => place);
  return (
    <span aria-hidden className="flex gap-0.5 max-md:hidden">
      {bars.map((place) => (
        <span
          key={place}
          className={classNames(
            "h-1 w-4 rounded-badge",
            place < done ? "bg-green-fill" : "bg-edge-soft",
          )}
        />
      ))}
    </span>
  );
}

function PutAway({ action, children }: { action: FormAction; children: string }) {
  const { hiding } = useWords(stepsWords);
  const [, submit] = useActionState(action, idle);
  return (
    <form action={submit}>
      <SubmitButton variant="quiet" size="small" busy={hiding}>
        {children}
      </SubmitButton>
    </form>
  );
}
