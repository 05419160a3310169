"use client";

import { Eye, PenLine } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { classNames } from "@/app/ui/class-names";
import { type LiveTopic, useNotices } from "@/app/ui/live";
import { BEAT_MS, type PresenceState, type Present } from "@/lib/tickets/presence-rules";

/** Whoever has typed nothing for this long is not replying any more. */
const TYPING_MS = 60_000;
/** Named in full; of more there is only the count. */
const NAMED_MAX = 3;

type Props = { number: number; ticketId: string; initial: Present[] };

/** Who else has this ticket open or replies to it, live; and says that oneself has. */
export function Presence({ number, ticketId, initial }: Props) {
  const [present, setPresent] = useState(initial);
  const address = paths.presence(number);
  const topics = useMemo<LiveTopic[]>(() => [`presence:${ticketId}`], [ticketId]);

  const say = useCallback(
    (state: PresenceState) => ask(address, state).then((answer) => answer && setPresent(answer)),
    [address],
  );
  useNotices(
    topics,
    useCallback(
      (isCertain: boolean) => {
        // What one may have missed, the next beat brings.
        if (isCertain) ask(address).then((answer) => answer && setPresent(answer));
      },
      [address],
    ),
  );
  useBeats(say, address);

  // Whose page has gone without a word is there until their time is over.
  useEffect(() => {
    if (present.length === 0) return;
    const soonest = Math.min(...present.map(({ goodForMs }) => goodForMs));
    const timer = setTimeout(() => {
      if (!document.hidden) ask(address).then((answer) => answer && setPresent(answer));
    }, soonest + 500);
    return () => clearTimeout(timer);
  }, [present, address]);

  return (
    <ul
      aria-label="Also here"
      aria-live="polite"
      className={classNames(
        "flex flex-wrap items-center gap-1.5 max-md:order-2",
        present.length === 0 && "sr-only",
      )}
    >
      {present.slice(0, NAMED_MAX).map((who) => (
        <Person key={who.userId} who={who} />
      ))}
      {present.length > NAMED_MAX && (
        <li className="text-sm text-ink-2">and {present.length - NAMED_MAX} more</li>
      )}
    </ul>
  );
}

function Person({ who: { name, isReplying } }: { who: Present }) {
  const Icon = isReplying ? PenLine : Eye;
  return (
    <li
      className={classNames(
        "inline-flex h-7 items-center gap-1.5 rounded-full border pr-2.5 pl-0.5 text-sm",
        isReplying
          ? "border-amber-line bg-amber-bg font-semibold text-amber"
          : "border-grey-line text-ink-2",
      )}
    >
      <Avatar name={name} />
      <Icon aria-hidden className="icon-badge" />
      <span>
        <bdi>{name}</bdi> is {isReplying ? "replying" : "viewing"}
      </span>
    </li>
  );
}

/** Tells the server every 15 seconds while the tab is shown, and at once when something changes. */
function useBeats(say: (state: PresenceState) => void, address: string): void {
  const typedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    let isReplying = false;
    const beat = () => {
      if (document.hidden) return;
      if (!isReplying) return say("viewing");
      isReplying = performance.now() - typedAt.current < TYPING_MS;
      say(isReplying ? "replying" : "stopped");
    };
    const onInput = ({ target }: Event) => {
      if (!isInReply(target)) return;
      typedAt.current = performance.now();
      if (isReplying) return;
      isReplying = true;
      beat();
    };
    const onSubmit = ({ target }: Event) => {
      if (!isReplying || !isInReply(target)) return;
      isReplying = false;
      say("stopped");
    };
    const leave = () => navigator.sendBeacon(address, "left");
    // Back from the browser's store of pages, the page goes on as it was.
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && beat();
    beat();
    const timer = setInterval(beat, BEAT_MS);
    document.addEventListener("visibilitychange", beat);
    document.addEventListener("input", onInput);
    document.addEventListener("submit", onSubmit);
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", onShow);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", beat);
      document.removeEventListener("input", onInput);
      document.removeEventListener("submit", onSubmit);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", onShow);
      leave();
    };
  }, [say, address]);
}

/** Whether it is in what is written to the customer; a note disturbs nobody. */
function isInReply(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || !target.closest("#compose")) return false;
  const form = target.closest("form");
  return form?.querySelector("#note-text") === null;
}

/** Asks who is there, and with a state says that oneself is; null when there is no answer. */
async function ask(address: string, state?: PresenceState): Promise<Present[] | null> {
  try {
    const response = await fetch(address, state ? { method: "POST", body: state } : {});
    return response.ok ? (await response.json()).present : null;
  } catch {
    // The next beat comes through, or the page is about to be left.
    return null;
  }
}
