"use client";

import {
  AlarmClock,
  CircleDot,
  LoaderCircle,
  Merge,
  ShieldCheck,
  ShieldX,
  Signal,
  Tag,
  UserRoundPlus,
  X,
} from "lucide-react";
import { type FormEvent, useActionState, useState } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { Button } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import { bulkWords } from "@/app/words/bulk";
import { useWords } from "@/app/words/language-context";
import { uiWords } from "@/app/words/ui";
import { changeTickets, continueChange } from "./bulk-actions";
import { BULK_FORM_ID } from "./bulk-form-id";
import {
  type Agents,
  AssignChoices,
  CommandButton,
  CommandMenu,
  MergeMenu,
  PriorityChoices,
  SnoozeMenu,
  StatusChoices,
  TagMenu,
} from "./bulk-menus";
import { useSelection } from "./use-selection";

type Props = {
  /** The list on the screen, and how many tickets it holds; 1000 stands for "999+". */
  address: string;
  count: number;
  /** the count as it is shown: "999+" */
  total: string;
  agents: Agents;
  viewerId: string;
  isSpam: boolean;
};

/**
 * What can be done with the ticked rows, at the bottom while any is ticked (`group/list` is around
 * list and bar). Without JavaScript the form is sent as it is; with it, batch by batch.
 */
export function BulkBar({ address, count, total, agents, viewerId, isSpam }: Props) {
  const [answer, send] = useActionState<ActionState, FormData>(changeTickets, idle);
  const words = useWords(bulkWords);
  const { working } = useWords(uiWords);
  const selection = useSelection();
  const [wantsAll, setWantsAll] = useState(false);
  const clear = () => {
    setWantsAll(false);
    selection.selectPage(false);
    focusList();
  };
  const { progress, refusal, run } = useBatches(clear, words.broke);
  const isAll = wantsAll && selection.count === selection.rows && selection.rows > 0;
  const wrong = refusal ?? refusalOf(answer);

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const form = new FormData(event.currentTarget, submitter);
    for (const menu of event.currentTarget.querySelectorAll<HTMLElement>(":popover-open"))
      menu.hidePopover();
    if (!progress) run(form);
  };

  return (
    <form
      id={BULK_FORM_ID}
      action={send}
      onSubmit={onSubmit}
      aria-label={words.form}
      aria-busy={progress !== null}
      className={classNames(
        // The page keeps room for bars like this one below what has the focus: here nothing needs it.
        "gutter sticky bottom-0 z-20 **:scroll-mb-[-148px] flex-wrap items-center gap-x-3 gap-y-1 border-b border-rule bg-selected py-2.5 max-md:border-t max-md:py-1.5",
        progress || wrong ? "flex" : "hidden group-has-[[name=id]:checked]/list:flex",
      )}
    >
      {/* Enter in a field presses the first button of a form: this one. */}
      <button type="submit" tabIndex={-1} aria-hidden className="sr-only">
        {words.change}
      </button>
      <input type="hidden" name="address" value={address} />
      <div className="flex min-h-7 grow flex-wrap items-center gap-x-2.5 max-md:min-h-11">
        {progress ? (
          <p role="status" className="flex items-center gap-1.5 text-sm font-semibold">
            <LoaderCircle aria-hidden className="icon animate-spin" />
            {progress.total > 0 ? words.progress(progress.done, progress.total) : working}
          </p>
        ) : (
          <p className="text-sm font-semibold" role="status">
            {selection.count === 0
              ? words.selected
              : words.countSelected(isAll ? total : String(selection.count))}
          </p>
        )}
        {(count > selection.rows || selection.count < selection.rows) && !progress && (
          <label className="relative text-sm text-accent">
            <input
              type="checkbox"
              name="all"
              value="1"
              checked={isAll}
              onChange={(event) => {
                setWantsAll(event.target.checked);
                selection.selectPage(event.target.checked);
              }}
              className="peer absolute inset-0 cursor-pointer opacity-0 [@media(scripting:none)]:static [@media(scripting:none)]:mr-1.5 [@media(scripting:none)]:opacity-100"
            />
            <span className="link rounded-badge peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-focus">
              {words.selectAll(total)}
            </span>
          </label>
        )}
        {wrong && (
          <p
            role="alert"
            lang={refusal === words.broke ? undefined : "en"}
            className="text-sm text-red"
          >
            {wrong}
          </p>
        )}
      </div>
      <div
        className={classNames(
          "flex items-center gap-2 max-md:order-3 max-md:grid max-md:w-full max-md:grid-cols-7 max-md:gap-0 md:[&:lang(de)]:gap-1 max-md:[&:lang(de)]:-mx-2 max-md:[&:lang(de)]:w-[calc(100%+16px)]",
          progress && "invisible",
        )}
      >
        <CommandMenu command="assign" word={words.commands.assign} Icon={UserRoundPlus}>
          <AssignChoices agents={agents} viewerId={viewerId} />
        </CommandMenu>
        <CommandMenu command="status" word={words.commands.status} Icon={CircleDot}>
          <StatusChoices />
        </CommandMenu>
        <CommandMenu command="priority" word={words.commands.priority} Icon={Signal}>
          <PriorityChoices />
        </CommandMenu>
        <TagMenu Icon={Tag} />
        <SnoozeMenu Icon={AlarmClock} />
        <MergeMenu Icon={Merge} />
        <CommandButton
          command="spam"
          word={isSpam ? words.commands.notSpam : words.commands.spam}
          Icon={isSpam ? ShieldCheck : ShieldX}
          value={isSpam ? "spam:no" : "spam:yes"}
        />
      </div>
      <Button
        variant="quiet"
        size="icon"
        data-command="clear"
        aria-label={words.clear}
        onClick={clear}
        className="[@media(scripting:none)]:hidden"
      >
        <X aria-hidden className="icon" />
      </Button>
    </form>
  );
}

/** The bar goes, and what had the focus in it: the list is next. A phone shows no head of it. */
function focusList(): void {
  const page = document.querySelector<HTMLElement>("input[data-select-page]");
  const next = page?.checkVisibility() ? page : document.getElementById("main");
  next?.focus({ preventScroll: true });
}

type Progress = { done: number; total: number };

/**
 * Runs a change batch by batch; `onDone` after the last one, with the list read again. `broke` says
 * that the connection did.
 */
function useBatches(onDone: () => void, broke: string) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = async (form: FormData) => {
    setRefusal(null);
    setProgress({ done: 0, total: 0 });
    form.set("steps", "1");
    try {
      let answer = await changeTickets(idle, form);
      for (;;) {
        const step = answer.status === "done" ? stepOf(answer.data) : null;
        if (!step || step.done >= step.total) break;
        setProgress(step);
        const next = new FormData();
        next.set("id", step.id);
        answer = await continueChange(idle, next);
      }
      setRefusal(refusalOf(answer));
      if (answer.status === "done") onDone();
    } catch {
      setRefusal(broke);
    }
    setProgress(null);
  };
  return { progress, refusal, run };
}

function stepOf(data: Record<string, unknown> | undefined): (Progress & { id: string }) | null {
  const { id, done, total } = data ?? {};
  if (typeof id !== "string" || typeof done !== "number" || typeof total !== "number") return null;
  return { id, done, total };
}

function refusalOf(answer: ActionState): string | null {
  if (answer.status === "refused") return answer.message;
  if (answer.status === "invalid") return Object.values(answer.fields)[0] ?? answer.message;
  return null;
}
