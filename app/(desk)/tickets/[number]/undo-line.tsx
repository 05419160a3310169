"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { idle } from "@/app/action-state";
import { paths } from "@/app/paths";
import { Button } from "@/app/ui/button";
import { toast } from "@/app/ui/toaster";

import type { Undone } from "@/lib/outbound/control";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import { undo } from "./actions";

/** What the reply form listens for: the text of a reply that was taken back. */
const UNDONE = "reply-undone";

/** One that waits until the form for it is there: a forwarded mail has another than an answer. */
let waiting: Undone | null = null;

/**
 * Runs `take` with what was written in a mail that was taken back, in the form that it was written
 * in: the page goes there first. While `isLeaving` the form is about to become another one.
 */
export function useUndone(
  number: number,
  { mode, chosenId }: Pick<ReplyHead, "mode" | "chosenId">,
  isLeaving: RefObject<boolean>,
  take: (undone: Undone) => void,
): void {
  const router = useRouter();
  const forwards = mode === "forward" ? chosenId : null;
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what waits is looked at in every new form
  useEffect(() => {
    const arrived = (undone: Undone) => {
      waiting = undone;
      if (isLeaving.current) return;
      if (undone.forwardOfId === forwards) {
        waiting = null;
        latest.current(undone);
        return;
      }
      router.push(`${paths.ticket(number, { forward: undone.forwardOfId })}#compose`);
    };
    if (waiting) arrived(waiting);
    const onUndone = (event: Event) => arrived((event as CustomEvent<Undone>).detail);
    window.addEventListener(UNDONE, onUndone);
    return () => window.removeEventListener(UNDONE, onUndone);
  }, [router, number, forwards, chosenId, isLeaving]);
}

/** "Sending in 10 s · Undo" until the time is over; then, and without JavaScript, `children`. */
export function UndoLine({
  number,
  deliveryId,
  seconds,
  children,
}: {
  number: string;
  deliveryId: string;
  seconds: number;
  children: ReactNode;
}) {
  const left = useCountdown(seconds);
  const [isBusy, setBusy] = useState(false);
  if (left <= 0) return <div className="mt-1">{children}</div>;

  // The line is gone once the answer is there, so what follows may not hang on its state.
  const takeBack = async () => {
    setBusy(true);
    const form = new FormData();
    form.set("number", number);
    form.set("deliveryId", deliveryId);
    const answer = await undo(idle, form);
    setBusy(false);
    if (answer.status === "done")
      window.dispatchEvent(new CustomEvent(UNDONE, { detail: answer.data }));
    else if (answer.status !== "idle" && answer.message) toast(answer.message);
  };
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-ink-2">
      <span aria-live="off">Sending in {left} s</span>
      <span aria-hidden>·</span>
      <Button size="small" onClick={takeBack} disabled={isBusy} data-command="undo-send">
        Undo
      </Button>
    </p>
  );
}

/** Counts `seconds` down in the browser; 0 on the server. */
function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    if (seconds === 0) return;
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}
