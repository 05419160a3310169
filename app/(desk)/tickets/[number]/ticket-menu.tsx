"use client";

import type { LucideIcon } from "lucide-react";
import { type ReactNode, type RefObject, type ToggleEvent, useId, useRef } from "react";
import type { CommandId } from "@/app/keys/commands";
import { Button } from "@/app/ui/button";
import { classNames } from "@/app/ui/class-names";

export const menuInput =
  "min-h-8 w-full min-w-0 rounded-control border border-edge bg-sheet px-2 text-base max-md:min-h-11 max-md:text-lg";

type Props = {
  command: CommandId;
  word: string;
  /** What the button says, where that is more than the word. */
  children?: ReactNode;
  Icon: LucideIcon;
  onOpen?: () => void;
  /** To close it with hidePopover(), which gives the focus back to the button. */
  menu?: RefObject<HTMLDivElement | null>;
  content: ReactNode;
  /** On a phone, behind what the menus of the same row have chosen. */
  isLast?: boolean;
};

/** A button of the ticket's head with a form behind it: a popover, which opens without JavaScript. */
export function TicketMenu({
  command,
  word,
  children,
  Icon,
  onOpen,
  menu,
  content,
  isLast,
}: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState !== "open") {
      // The browser gives it back to where it was, which is nowhere for those who came by a key: then
      // it is still on what has just been hidden.
      const { activeElement, body } = document;
      if (activeElement === body || event.currentTarget.contains(activeElement))
        button.current?.focus();
      return;
    }
    onOpen?.();
    const [first] = event.currentTarget.querySelectorAll<HTMLElement>(
      "input:not([type=hidden]), button",
    );
    first?.focus({ preventScroll: true });
  };
  return (
    <>
      <Button
        ref={button}
        variant={children ? "default" : "quiet"}
        size="small"
        popoverTarget={id}
        data-command={command}
        aria-haspopup="dialog"
        className={classNames("max-md:min-h-11 max-md:min-w-11", isLast && "max-md:order-1")}
        icon={<Icon aria-hidden className="icon" />}
      >
        {children ?? <span className="max-md:sr-only">{word}</span>}
      </Button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={word}
        onToggle={onToggle}
        className="menu-below max-h-[min(420px,60dvh)] overflow-y-auto rounded-panel border border-rule bg-float p-1.5 text-ink shadow-float"
      >
        {content}
      </div>
    </>
  );
}
