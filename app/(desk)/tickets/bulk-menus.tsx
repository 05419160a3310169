"use client";

import type { LucideIcon } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type ToggleEvent, useId, useState } from "react";
import { Button, SubmitButton } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import { bulkWords } from "@/app/words/bulk";
import { type Language, LOCALES } from "@/app/words/dictionary";
import { useLanguage, useWords } from "@/app/words/language-context";
import { ticketWords } from "@/app/words/tickets";
import { isLaterTomorrow, SNOOZE_PRESETS, wakeTime } from "@/lib/tickets/snooze";
import { offerTags } from "./bulk-actions";

export type Command = "assign" | "status" | "priority" | "tag" | "snooze" | "merge" | "spam";

// Seven stand side by side, which German words fill to the edge.
const commandLook =
  "md:[&:lang(de)]:px-1.5 max-md:[&:lang(de)]:text-[11px] max-md:min-h-12 max-md:flex-col max-md:gap-0.5 max-md:border-transparent max-md:bg-transparent max-md:px-0 max-md:text-xs max-md:font-normal";

type CommandProps = { command: Command; word: string; Icon: LucideIcon };

/** A button of the bar that changes something at once. */
export function CommandButton({ command, word, Icon, value }: CommandProps & { value: string }) {
  return (
    <SubmitButton
      variant="default"
      size="small"
      name="change"
      value={value}
      data-command={command}
      pending={false}
      className={commandLook}
    >
      <span className="inline-flex items-center gap-1.5 max-md:flex-col max-md:gap-0.5">
        <Icon aria-hidden className="icon" />
        {word}
      </span>
    </SubmitButton>
  );
}

/** A button of the bar with choices behind it: a popover, which opens without JavaScript. */
export function CommandMenu({
  command,
  word,
  Icon,
  onOpen,
  children,
}: CommandProps & { onOpen?: () => void; children: ReactNode }) {
  const id = useId();
  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState !== "open") return;
    onOpen?.();
    const [first] = event.currentTarget.querySelectorAll<HTMLElement>(
      "input:not([type=hidden]), button",
    );
    first?.focus({ preventScroll: true });
  };
  return (
    <>
      <Button
        size="small"
        popoverTarget={id}
        data-command={command}
        aria-haspopup="dialog"
        icon={<Icon aria-hidden className="icon" />}
        className={commandLook}
      >
        {word}
      </Button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={word}
        onToggle={onToggle}
        className="menu-above max-h-[min(420px,60dvh)] overflow-y-auto rounded-panel border border-rule bg-float p-1.5 text-ink shadow-float"
      >
        {children}
      </div>
    </>
  );
}

type ChoiceProps = { value: string; command?: string | undefined; children: ReactNode };

/** One choice of a menu; a key presses it by its `command`, open or not. */
export function Choice({ value, command, children }: ChoiceProps) {
  return (
    <button
      type="submit"
      name="change"
      value={value}
      data-command={command}
      className="flex min-h-8 w-full items-center justify-between gap-3 rounded-control px-2 text-left text-sm text-ink hover:bg-hover max-md:min-h-11"
    >
      {children}
    </button>
  );
}

export type Agents = { id: string; name: string }[];

export function AssignChoices({ agents, viewerId }: { agents: Agents; viewerId: string }) {
  const words = useWords(bulkWords);
  return (
    <>
      <Choice value={`assignee:${viewerId}`} command="assign-me">
        {words.me}
      </Choice>
      <Choice value="assignee:">{words.nobody}</Choice>
      {agents
        .filter(({ id }) => id !== viewerId)
        .map(({ id, name }) => (
          <Choice key={id} value={`assignee:${id}`}>
            <span dir="auto" className="truncate">
              {name}
            </span>
          </Choice>
        ))}
    </>
  );
}

export function StatusChoices() {
  return Object.entries(useWords(ticketWords).statuses).map(([status, word]) => (
    <Choice
      key={status}
      value={`status:${status}`}
      command={status === "SOLVED" ? "solve" : undefined}
    >
      {word}
    </Choice>
  ));
}

export function PriorityChoices() {
  return Object.entries(useWords(ticketWords).priorities)
    .reverse()
    .map(([priority, word]) => (
      <Choice key={priority} value={`priority:${priority}`}>
        {word}
      </Choice>
    ));
}

const input =
  "min-h-8 w-full min-w-0 rounded-control border border-edge bg-sheet px-2 text-base max-md:min-h-11 max-md:text-lg";

/** Enter in a field presses the button beside it, not the first one of the form. */
function pressOwnButton(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const own = event.currentTarget.closest("[popover]")?.querySelector("button[data-enter]");
  if (own instanceof HTMLButtonElement) own.form?.requestSubmit(own);
}

export function TagMenu({ Icon }: { Icon: LucideIcon }) {
  const id = useId();
  const words = useWords(bulkWords);
  const [names, setNames] = useState<string[]>([]);
  return (
    <CommandMenu
      command="tag"
      word={words.commands.tag}
      Icon={Icon}
      onOpen={() => offerTags().then(setNames, () => undefined)}
    >
      <div className="space-y-2 p-1.5">
        <label htmlFor={id} className="block text-sm font-semibold">
          {words.commands.tag}
        </label>
        <input
          id={id}
          name="tag"
          maxLength={50}
          list={`${id}-names`}
          autoComplete="off"
          onKeyDown={pressOwnButton}
          className={input}
        />
        <datalist id={`${id}-names`}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div className="flex gap-2">
          <SubmitButton
            variant="default"
            size="small"
            name="change"
            value="tag:yes"
            pending={false}
            data-enter
          >
            {words.addTag}
          </SubmitButton>
          <SubmitButton variant="quiet" size="small" name="change" value="tag:no" pending={false}>
            {words.removeTag}
          </SubmitButton>
        </div>
      </div>
    </CommandMenu>
  );
}

/** Times are by the browser's own clock, which the menu learns when it opens; until then by UTC. */
export function SnoozeMenu({ Icon }: { Icon: LucideIcon }) {
  const id = useId();
  const language = useLanguage();
  const words = bulkWords[language];
  const [now, setNow] = useState<Date | null>(null);
  const zone = now ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  return (
    <CommandMenu
      command="snooze"
      word={words.commands.snooze}
      Icon={Icon}
      onOpen={() => setNow(new Date())}
    >
      <input type="hidden" name="zone" value={zone} />
      {SNOOZE_PRESETS.map((preset) => (
        <Choice key={preset} value={`snooze:${preset}`}>
          {preset === "later" && now && isLaterTomorrow(zone, now)
            ? words.inThreeHours
            : words.presets[preset]}
          <span className="text-xs text-ink-3">
            {now
              ? shortTime(wakeTime(preset, zone, now), { zone, language })
              : words.presetHints[preset]}
          </span>
        </Choice>
      ))}
      <div className="mt-1 space-y-2 border-t border-rule p-1.5 pt-2.5">
        <label htmlFor={id} className="block text-sm font-semibold">
          {words.onDay}
        </label>
        <div className="flex gap-2">
          <input
            id={id}
            type="date"
            name="date"
            onKeyDown={pressOwnButton}
            className={classNames(input, "grow")}
          />
          <EnterButton value="snooze:day">{words.commands.snooze}</EnterButton>
        </div>
        <p className="text-xs text-ink-3">{words.zone(zone)}</p>
      </div>
      <div className="border-t border-rule pt-1">
        <Choice value="snooze:wake">{words.wakeNow}</Choice>
      </div>
    </CommandMenu>
  );
}

/** The button beside a field of a menu, which Enter in the field presses. */
function EnterButton({ value, children }: { value: string; children: ReactNode }) {
  return (
    <SubmitButton
      variant="default"
      size="small"
      name="change"
      value={value}
      pending={false}
      data-enter
    >
      {children}
    </SubmitButton>
  );
}

function shortTime(moment: Date, { zone, language }: { zone: string; language: Language }): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    timeZone: zone,
  }).format(moment);
}

export function MergeMenu({ Icon }: { Icon: LucideIcon }) {
  const id = useId();
  const words = useWords(bulkWords);
  return (
    <CommandMenu command="merge" word={words.commands.merge} Icon={Icon}>
      <Choice value="merge:oldest">{words.intoOldest}</Choice>
      <div className="mt-1 space-y-2 border-t border-rule p-1.5 pt-2.5">
        <label htmlFor={id} className="block text-sm font-semibold">
          {words.intoTicket}
        </label>
        <div className="flex gap-2">
          <input
            id={id}
            name="into"
            placeholder="#"
            inputMode="numeric"
            autoComplete="off"
            maxLength={12}
            onKeyDown={pressOwnButton}
            className={classNames(input, "grow")}
          />
          <EnterButton value="merge:number">{words.commands.merge}</EnterButton>
        </div>
        <p className="text-xs text-ink-3">{words.mergeMax}</p>
      </div>
    </CommandMenu>
  );
}
