"use client";

import { Forward, Reply, StickyNote } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { paths } from "@/app/paths";
import { classNames } from "@/app/ui/class-names";
import type { Begun } from "@/lib/tickets/begun";
import type { DraftKind } from "@/lib/tickets/drafts";
import { headKey } from "./kept-fields";
import { NoteForm } from "./note-form";
import { ReplyForm, type ReplyProps } from "./reply-form";

type ComposerProps = Omit<ReplyProps, "draft" | "uploads" | "filesLimit"> & {
  startWith: "reply" | "note";
  begun: Record<DraftKind, Begun>;
  agents: { id: string; name: string }[];
};

const TABS = [
  { kind: "reply", word: "Reply", Icon: Reply },
  { kind: "note", word: "Internal note", Icon: StickyNote },
] as const;

/** Where an agent answers or notes. Both texts stay while the other is shown. */
export function Composer({ startWith, begun, agents, ...props }: ComposerProps) {
  const [shown, setShown] = useState(startWith);
  const { number, viewerId, prefersRich } = props;
  const noteProps = { number, viewerId, prefersRich };
  const { mode } = props.head;
  const key = headKey(props.head);
  const [lastKey, setLastKey] = useState(key);
  if (key !== lastKey) {
    setLastKey(key);
    setShown("reply");
  }
  const open = (kind: "reply" | "note") => {
    setShown(kind);
    requestAnimationFrame(() => document.getElementById(`${kind}-text`)?.focus());
  };
  return (
    <div className="group/composer">
      <section
        id="compose"
        aria-label={shown === "note" ? "Internal note" : mode === "forward" ? "Forward" : "Reply"}
        className={classNames(
          "mt-[18px] overflow-clip rounded-panel border",
          shown === "note" ? "border-note-line" : "border-edge",
        )}
      >
        <nav aria-label="What to write" className="flex border-b border-rule bg-sunk">
          {TABS.map(({ kind, word, Icon }) => (
            <a
              key={kind}
              href={`?compose=${kind}#compose`}
              data-command={kind}
              aria-current={shown === kind || undefined}
              onClick={(event) => {
                event.preventDefault();
                open(kind);
              }}
              className={classNames(
                "flex min-h-9 items-center gap-1.5 px-3.5 text-sm font-semibold no-underline max-md:min-h-11",
                shown === kind
                  ? "bg-sheet text-ink inset-shadow-[0_2px_var(--accent)]"
                  : "text-ink-2 hover:text-ink",
              )}
            >
              <Icon aria-hidden className="icon" />
              {kind === "reply" && mode === "forward" ? "Forward" : word}
            </a>
          ))}
          <OtherWay number={props.number} head={props.head} />
        </nav>
        <div hidden={shown !== "reply"}>
          <ReplyForm {...props} {...begun.reply} />
        </div>
        <div hidden={shown !== "note"}>
          <NoteForm {...noteProps} {...begun.note} agents={agents} />
        </div>
      </section>
      <div className="fixed inset-x-0 bottom-0 z-10 flex gap-2 border-t border-rule bg-sheet px-4 pt-2.5 pb-[calc(10px+env(safe-area-inset-bottom))] group-focus-within/composer:hidden md:hidden">
        {TABS.map(({ kind, word, Icon }) => (
          <a
            key={kind}
            href={`?compose=${kind}#compose`}
            onClick={(event) => {
              event.preventDefault();
              open(kind);
            }}
            className={classNames(
              "inline-flex min-h-11 items-center justify-center gap-1.5 rounded-control border px-3 text-sm font-semibold no-underline",
              kind === "reply"
                ? "grow border-accent bg-accent text-on-accent"
                : "border-edge-soft bg-sheet text-ink",
            )}
          >
            <Icon aria-hidden className="icon" />
            {kind === "note" ? "Note" : word}
          </a>
        ))}
      </div>
    </div>
  );
}

/** Beside the tabs: to pass the mail on, or back to an answer. */
function OtherWay({ number, head }: Pick<ReplyProps, "number" | "head">) {
  const look =
    "ml-auto flex min-h-9 items-center gap-1.5 px-3.5 text-sm text-ink-2 no-underline hover:text-ink max-md:min-h-11";
  if (head.chosenId)
    return (
      <Link href={`${paths.ticket(number)}#compose`} scroll={false} className={look}>
        {head.mode === "forward" ? "Don’t forward" : "Answer the newest"}
      </Link>
    );
  if (!head.mailId) return null;
  return (
    <Link
      href={`${paths.ticket(number, { forward: head.mailId })}#compose`}
      scroll={false}
      prefetch={false}
      data-command="forward"
      className={look}
    >
      <Forward aria-hidden className="icon" />
      Forward
    </Link>
  );
}
