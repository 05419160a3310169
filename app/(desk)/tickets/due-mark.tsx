"use client";

import { Timer, TimerOff } from "lucide-react";
import { classNames } from "@/app/ui/class-names";
import { useClock } from "@/app/ui/relative-time";
import { absoluteText, spanText } from "@/app/ui/relative-time-text";
import { dueWords } from "@/app/words/dues";
import { useLanguage } from "@/app/words/language-context";
import type { Due } from "./due-words";

type DueState = "overdue" | "soon" | "later";

function stateOf({ dueAt, warnAt }: Due, now: Date): DueState {
  if (dueAt <= now) return "overdue";
  return warnAt <= now ? "soon" : "later";
}

const INK = {
  overdue: "font-semibold text-red",
  soon: "font-semibold text-amber",
  later: "text-ink-3",
};

/**
 * "First response due in 40 min", "Resolution overdue by 2 h", with an icon; `isShort` leaves out of
 * what, which is said on hover and to screen readers. The browser keeps it true.
 */
export function DueMark({
  due,
  renderedAt,
  isShort,
  className,
}: {
  due: Due;
  renderedAt: Date;
  isShort?: boolean;
  className?: string;
}) {
  const clock = useClock();
  const language = useLanguage();
  const words = dueWords[language];
  const now = clock === null ? renderedAt : new Date(clock);
  const state = stateOf(due, now);
  const Icon = state === "overdue" ? TimerOff : Timer;
  const text =
    state === "overdue"
      ? words.overdueBy(spanText(due.dueAt, now, language))
      : words.dueIn(spanText(now, due.dueAt, language));
  const what = words.whats[due.what];
  const at = absoluteText(due.dueAt, language, clock === null ? "UTC" : undefined);
  return (
    <span
      title={words.dueAt(what, at)}
      className={classNames("inline-flex min-w-0 items-center gap-1", INK[state], className)}
    >
      <Icon aria-hidden className="icon-badge shrink-0" />
      <span className="truncate">
        {isShort ? (
          <>
            <span className="sr-only">{what} </span>
            <span className="inline-block first-letter:uppercase">{text}</span>
          </>
        ) : (
          `${what} ${text}`
        )}
      </span>
    </span>
  );
}
