"use client";

import {
  Archive,
  ChevronDown,
  ChevronsUp,
  ChevronUp,
  CircleCheck,
  CircleDot,
  Clock,
  type LucideIcon,
  Minus,
  UserRound,
} from "lucide-react";
import { useActionState, useLayoutEffect, useRef } from "react";
import { type ActionState, type FormAction, idle } from "@/app/action-state";
import type { CommandId } from "@/app/keys/commands";
import { useKeyHint } from "@/app/keys/key-hint";
import { Button } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";
import type { TicketPriority, TicketStatus } from "@/lib/db/generated/enums";

type Look = TicketStatus | TicketPriority | "assignee";

const plain = "border-edge-soft bg-sheet text-ink";
const LOOKS: Record<Look, { icon: LucideIcon; box: string; iconClass?: string }> = {
  OPEN: { icon: CircleDot, box: "border-blue-line bg-blue-bg text-blue" },
  PENDING: { icon: Clock, box: "border-amber-line bg-amber-bg text-amber" },
  SOLVED: { icon: CircleCheck, box: "border-green-line bg-green-bg text-green" },
  CLOSED: { icon: Archive, box: "border-grey-line bg-grey-bg text-grey" },
  LOW: { icon: ChevronDown, box: plain },
  NORMAL: { icon: Minus, box: plain },
  HIGH: { icon: ChevronUp, box: plain, iconClass: "text-amber" },
  URGENT: { icon: ChevronsUp, box: plain, iconClass: "text-red" },
  assignee: { icon: UserRound, box: plain, iconClass: "text-ink-3" },
};

type Props = {
  label: string;
  name: string;
  value: string;
  number: number;
  options: { value: string; label: string }[];
  look: Look;
  action: FormAction;
  /** The command it stands for. */
  command: CommandId;
};

/** A value that is changed by choosing another; before JavaScript a button beside it does it. */
export function InlineSelect({
  label,
  name,
  value,
  number,
  options,
  look,
  action,
  command,
}: Props) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(action, idle);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLSelectElement>(null);
  // React resets a form to the value it was made with. A new field would have it, and not the focus.
  // Not at first: somebody may have chosen before this ran, which React then tells of.
  const before = useRef(value);
  useLayoutEffect(() => {
    if (!field.current || before.current === value) return;
    before.current = value;
    for (const option of field.current.options) option.defaultSelected = option.value === value;
    field.current.value = value;
  }, [value]);
  const hint = useKeyHint({ command });
  const { icon: Icon, box, iconClass } = LOOKS[look];
  const refusal = state.status === "refused" || state.status === "invalid" ? state : null;
  return (
    <form ref={form} action={submit} className="inline-flex items-center gap-1.5">
      <input type="hidden" name="number" value={number} />
      <span className="relative inline-flex">
        <Icon
          aria-hidden
          className={classNames(
            "icon-badge pointer-events-none absolute inset-y-0 left-2 my-auto",
            iconClass,
          )}
        />
        <select
          ref={field}
          name={name}
          data-command={command}
          {...hint}
          aria-label={label}
          aria-busy={isPending || undefined}
          defaultValue={value}
          onChange={() => form.current?.requestSubmit()}
          className={classNames(
            "select h-7 max-w-[220px] truncate rounded-control border pl-[26px] text-sm font-semibold max-md:h-10",
            box,
            isPending && "opacity-55",
          )}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} className="bg-float text-ink">
              {option.label}
            </option>
          ))}
        </select>
      </span>
      <noscript>
        <Button type="submit" size="small">
          Set
        </Button>
      </noscript>
      {refusal && (
        <span role="alert" className="text-sm text-red">
          {refusal.status === "invalid" ? Object.values(refusal.fields)[0] : refusal.message}
        </span>
      )}
    </form>
  );
}
