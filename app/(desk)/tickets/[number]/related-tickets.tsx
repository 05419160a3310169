"use client";

import { Link2, X } from "lucide-react";
import Link from "next/link";
import { useActionState, useEffect, useId, useRef } from "react";
import { type ActionState, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import type { RelatedTicket } from "@/lib/tickets/related";
import { STATUS_WORDS } from "../words";
import { relate, unrelate } from "./manage-actions";
import { NumberField } from "./number-field";
import { Refusal, refusalOf } from "./refusal";
import { TicketMenu } from "./ticket-menu";

/** The tickets that have to do with this one, and a way to name another. */
export function RelatedTickets({ number, related }: { number: number; related: RelatedTicket[] }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(unrelate, idle);
  const area = useRef<HTMLDivElement>(null);
  const count = related.length;
  const before = useRef(count);
  // The button that was pressed went with its ticket.
  useEffect(() => {
    const isFewer = count < before.current;
    before.current = count;
    if (!isFewer || document.activeElement !== document.body) return;
    area.current?.querySelector<HTMLElement>("button")?.focus();
  }, [count]);
  return (
    <div ref={area} className="contents">
      {count > 0 && (
        <form action={submit} className="contents">
          <input type="hidden" name="number" value={number} />
          <ul aria-label="Related tickets" className="flex min-w-0 flex-wrap gap-1.5">
            {related.map((other) => (
              <li
                key={other.number}
                className="inline-flex h-7 max-w-full min-w-0 items-center rounded-badge border border-grey-line pl-2 text-sm max-md:h-11"
              >
                <Link
                  href={paths.ticket(other.number)}
                  prefetch={false}
                  title={`${other.subject}, ${STATUS_WORDS[other.status]}`}
                  className="flex min-w-0 items-center gap-1 text-ink no-underline hover:underline max-md:min-h-11"
                >
                  <Link2 aria-hidden className="icon-badge flex-none text-ink-3" />
                  <span className="flex-none text-ink-3">Related: #{other.number}</span>
                  <span dir="auto" className="max-w-[200px] min-w-0 truncate">
                    {other.subject}
                  </span>
                  <span className="flex-none text-xs text-ink-3">{STATUS_WORDS[other.status]}</span>
                </Link>
                <button
                  type="submit"
                  name="other"
                  value={other.number}
                  aria-label={`No longer related to #${other.number}`}
                  aria-disabled={isPending || undefined}
                  className="grid size-[26px] flex-none place-items-center rounded-badge text-ink-3 hover:bg-hover hover:text-ink max-md:size-11"
                >
                  <X aria-hidden className="icon-badge" />
                </button>
              </li>
            ))}
          </ul>
          <Refusal state={state} />
        </form>
      )}
      <RelateMenu number={number} />
    </div>
  );
}

function RelateMenu({ number }: { number: number }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(relate, idle);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (state.status === "done") menu.current?.hidePopover();
  }, [state]);
  return (
    <TicketMenu
      command="relate"
      isLast
      word="Relate"
      Icon={Link2}
      menu={menu}
      content={
        <form action={submit} aria-label="Relate to another ticket" className="space-y-2 p-1.5">
          <input type="hidden" name="number" value={number} />
          <NumberField
            id={`${id}-into`}
            label="Related to ticket"
            value={typedOf(state, "into")}
            error={refusalOf(state)}
          />
          <SubmitButton variant="default" size="small" busy="Saving…" pending={isPending}>
            Relate
          </SubmitButton>
          <p className="text-xs text-ink-3">Each of the two will name the other.</p>
        </form>
      }
    />
  );
}
