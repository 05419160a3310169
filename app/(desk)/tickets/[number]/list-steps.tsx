"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { CommandId } from "@/app/keys/commands";
import { parseTrail, storedTrail } from "@/app/keys/list-trail";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";

const never = () => () => undefined;

/** The step somebody has just taken, so that the focus is on it on the next page as well. */
let taken: CommandId | null = null;

/** To the tickets before and after this one in the list it was opened from, as it was then. */
export function ListSteps({ number }: { number: number }) {
  const stored = useSyncExternalStore(never, storedTrail, () => null);
  const area = useRef<HTMLElement>(null);
  const trail = parseTrail(stored);
  const index = trail?.numbers.indexOf(number) ?? -1;
  const isKnown = index >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each ticket is a step of its own
  useEffect(() => {
    const { current } = area;
    if (!current?.checkVisibility() || taken === null) return;
    const link = current.querySelector<HTMLElement>(`[data-command="${taken}"]`);
    if (document.activeElement === document.body) (link ?? current.querySelector("a"))?.focus();
    taken = null;
  }, [isKnown, number]);
  if (!trail || !isKnown) return null;
  const step = (
    command: CommandId,
    other: number | undefined,
    label: string,
    Icon: typeof ChevronLeft,
  ) =>
    other !== undefined && (
      <LinkButton
        href={paths.ticket(other)}
        prefetch={false}
        variant="quiet"
        size="icon"
        data-command={command}
        aria-label={`${label}, #${other}`}
        onClick={() => {
          taken = command;
        }}
      >
        <Icon aria-hidden className="icon" />
      </LinkButton>
    );
  return (
    <nav ref={area} aria-label="The list" className="flex flex-none items-center gap-0.5">
      {step("previous-ticket", trail.numbers[index - 1], "Previous ticket", ChevronLeft)}
      <a
        href={trail.address}
        className="px-1 text-sm whitespace-nowrap text-ink-3 no-underline hover:underline max-md:py-3"
        title="Back to the list"
      >
        {index + 1} of {trail.numbers.length}
      </a>
      {step("next-ticket", trail.numbers[index + 1], "Next ticket", ChevronRight)}
    </nav>
  );
}
