"use client";

import { AlarmClock, AlarmClockOff } from "lucide-react";
import { useActionState, useEffect, useId, useRef, useState } from "react";
import { type ActionState, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import { bulkWords } from "@/app/words/bulk";
import { isLaterTomorrow, SNOOZE_PRESETS, type SnoozePreset, wakeTime } from "@/lib/tickets/snooze";
import { snooze, wake } from "./manage-actions";
import { Refusal, refusalOf } from "./refusal";
import { menuInput, TicketMenu } from "./ticket-menu";
import { WakeText, wakeText } from "./wake-text";

const { presets, presetHints, inThreeHours } = bulkWords.en;

/** Lets a ticket sleep until a time, says until when it does, and wakes it. */
export function SnoozeControl({ number, until }: { number: number; until: Date | null }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(snooze, idle);
  const [now, setNow] = useState<Date | null>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.status === "done") menu.current?.hidePopover();
  }, [state]);
  return (
    <>
      <TicketMenu
        command="snooze"
        word="Snooze"
        Icon={AlarmClock}
        menu={menu}
        onOpen={() => setNow(new Date())}
        content={
          <form action={submit} aria-busy={isPending || undefined}>
            <input type="hidden" name="number" value={number} />
            <Choices state={state} now={now} isPending={isPending} />
          </form>
        }
      >
        {until ? (
          <span className="whitespace-normal">
            Asleep until <WakeText date={until} />
          </span>
        ) : undefined}
      </TicketMenu>
      <WakeNow number={number} isAsleep={until !== null} />
    </>
  );
}

type ChoicesProps = { state: ActionState; now: Date | null; isPending: boolean };

/** Times are by the browser's own clock, which the menu learns when it opens; until then by UTC. */
function Choices({ state, now, isPending }: ChoicesProps) {
  const id = useId();
  const zone = now ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  const isRefused = refusalOf(state) !== undefined;
  return (
    <>
      <input type="hidden" name="zone" value={zone} />
      {SNOOZE_PRESETS.map((preset) => (
        <button
          key={preset}
          type="submit"
          name="until"
          value={preset}
          aria-disabled={isPending || undefined}
          className="flex min-h-8 w-full items-center justify-between gap-3 rounded-control px-2 text-left text-sm text-ink hover:bg-hover max-md:min-h-11"
        >
          {now ? wordOf(preset, { zone, now }) : presets[preset]}
          <span className="text-xs text-ink-3">
            {now ? wakeText(wakeTime(preset, zone, now), zone) : presetHints[preset]}
          </span>
        </button>
      ))}
      <div className="mt-1 space-y-2 border-t border-rule p-1.5 pt-2.5">
        <label htmlFor={id} className="block text-sm font-semibold">
          Until a day and a time
        </label>
        <input
          id={id}
          type="datetime-local"
          name="date"
          defaultValue={typedOf(state, "date")}
          aria-invalid={isRefused || undefined}
          aria-describedby={isRefused ? `${id}-error` : undefined}
          onKeyDown={(event) => {
            // Enter would press the first button of the form.
            if (event.key !== "Enter") return;
            event.preventDefault();
            event.currentTarget.form?.querySelector<HTMLElement>("[value=date]")?.click();
          }}
          className={classNames(menuInput, "max-w-full")}
        />
        <Refusal state={state} id={`${id}-error`} />
        <SubmitButton
          variant="default"
          size="small"
          name="until"
          value="date"
          busy="Saving…"
          pending={isPending}
        >
          Snooze
        </SubmitButton>
        <p className="text-xs text-ink-3">Times are in {zone}. A new mail wakes the ticket.</p>
      </div>
    </>
  );
}

function WakeNow({ number, isAsleep }: { number: number; isAsleep: boolean }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(wake, idle);
  // The button that was pressed is gone once the ticket is awake.
  useEffect(() => {
    if (state.status !== "done" || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('[data-command="snooze"]')?.focus();
  }, [state]);
  if (!isAsleep) return null;
  return (
    <form action={submit} className="flex items-center gap-2">
      <input type="hidden" name="number" value={number} />
      <SubmitButton
        variant="default"
        size="small"
        busy="Waking…"
        pending={isPending}
        icon={<AlarmClockOff aria-hidden className="icon" />}
      >
        Wake now
      </SubmitButton>
      <Refusal state={state} />
    </form>
  );
}

function wordOf(preset: SnoozePreset, { zone, now }: { zone: string; now: Date }): string {
  return preset === "later" && isLaterTomorrow(zone, now) ? inThreeHours : presets[preset];
}
