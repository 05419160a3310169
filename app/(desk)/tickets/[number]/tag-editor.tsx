"use client";

import { Tag, X } from "lucide-react";
import Link from "next/link";
import { useActionState, useEffect, useId, useRef, useState } from "react";
import { type ActionState, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import { offerTags } from "../bulk-actions";
import { addTag, removeTag } from "./manage-actions";
import { Refusal, refusalOf } from "./refusal";
import { menuInput, TicketMenu } from "./ticket-menu";

/** The tags of a ticket, each with a way to take it off, and a way to put on another. */
export function TagEditor({ number, tags }: { number: number; tags: string[] }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(removeTag, idle);
  const area = useRef<HTMLDivElement>(null);
  // The button that was pressed went with its tag.
  useEffect(() => {
    if (state.status !== "done" || document.activeElement !== document.body) return;
    area.current?.querySelector<HTMLElement>("button")?.focus();
  }, [state]);
  return (
    <div ref={area} className="contents">
      {tags.length > 0 && (
        <form action={submit} aria-label="Tags" className="contents">
          <input type="hidden" name="number" value={number} />
          <ul aria-label="Tags" className="flex min-w-0 flex-wrap gap-1.5">
            {tags.map((tag) => (
              <li
                key={tag}
                className="inline-flex h-7 max-w-full items-center rounded-badge border border-grey-line pl-2 text-sm text-grey max-md:h-11"
              >
                <Link
                  href={paths.tickets({ view: "all", tag })}
                  prefetch={false}
                  title={`All tickets tagged ${tag}`}
                  className="flex min-w-0 items-center gap-1 text-grey no-underline hover:underline max-md:min-h-11"
                >
                  <Tag aria-hidden className="icon-badge" />
                  <span dir="auto" className="max-w-[180px] truncate">
                    {tag}
                  </span>
                </Link>
                <button
                  type="submit"
                  name="tag"
                  value={tag}
                  aria-label={`Remove tag ${tag}`}
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
      <TagMenu number={number} tags={tags} />
    </div>
  );
}

function TagMenu({ number, tags }: { number: number; tags: string[] }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(addTag, idle);
  const [names, setNames] = useState<string[]>([]);
  const id = useId();
  const isRefused = refusalOf(state) !== undefined;
  return (
    <TicketMenu
      command="tag"
      isLast
      word="Tag"
      Icon={Tag}
      onOpen={() => offerTags().then(setNames, () => undefined)}
      content={
        <form action={submit} className="space-y-2 p-1.5">
          <input type="hidden" name="number" value={number} />
          <label htmlFor={id} className="block text-sm font-semibold">
            Tag
          </label>
          <div className="flex gap-2">
            <input
              id={id}
              name="tag"
              dir="auto"
              maxLength={50}
              list={`${id}-names`}
              autoComplete="off"
              defaultValue={typedOf(state, "tag")}
              aria-invalid={isRefused || undefined}
              aria-describedby={isRefused ? `${id}-error` : undefined}
              className={menuInput}
            />
            <SubmitButton variant="default" size="small" busy="Adding…" pending={isPending}>
              Add tag
            </SubmitButton>
          </div>
          <datalist id={`${id}-names`}>
            {names
              .filter((name) => !tags.includes(name))
              .map((name) => (
                <option key={name} value={name} />
              ))}
          </datalist>
          <Refusal state={state} id={`${id}-error`} />
        </form>
      }
    />
  );
}
