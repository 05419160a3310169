"use client";

import { type ReactNode, useState } from "react";
import { type ActionState, errorOf } from "@/app/action-state";
import { Disclosure } from "@/app/ui/disclosure";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import type { BelowChoice } from "./below-choice";
import { sizeText } from "./size-text";

/** What the mail will have below the words: the signature, and what is quoted or passed on. */
export function ReplyBelow({
  head,
  state,
  accountId,
  newcomers,
  choice,
  onChoice,
}: {
  head: ReplyHead;
  state: ActionState;
  accountId: string;
  newcomers: string[];
  choice: BelowChoice;
  onChoice: (choice: BelowChoice) => void;
}) {
  const account = head.accounts.find(({ id }) => id === accountId);
  const signature = head.signature || (account?.signature ?? "");
  const isQuoting = choice.isQuoting ?? account?.quotes ?? false;
  const isLeftOut = isQuoting && newcomers.length > 0;
  return (
    <div className="space-y-1.5 px-3.5 pb-3 text-sm text-ink-2">
      {signature && (
        <p dir="auto" className="whitespace-pre-wrap wrap-anywhere text-ink-3">
          <span className="sr-only">Signature: </span>
          {`--\n${signature}`}
        </p>
      )}
      {head.quote && (
        <>
          <input type="hidden" name="quoteOffered" value="1" />
          <Choice
            name="quote"
            isTicked={isQuoting}
            onTick={(isQuoting) => onChoice({ ...choice, isQuoting })}
          >
            Quote the mail from {head.quote.from}
          </Choice>
          <noscript>
            <p>People who are new on this ticket get no quote.</p>
          </noscript>
          {isLeftOut && (
            <div className="border-l-2 border-edge-soft pl-2.5">
              <p role="status" className="wrap-anywhere">
                {newcomers.join(", ")} {newcomers.length === 1 ? "is" : "are"} new on this ticket,
                so the quote is left out.
              </p>
              <Choice
                name="quoteToNewcomers"
                isTicked={choice.isQuotingToNewcomers}
                onTick={(isQuotingToNewcomers) => onChoice({ ...choice, isQuotingToNewcomers })}
              >
                Send it to them as well
              </Choice>
            </div>
          )}
          {isQuoting && (!isLeftOut || choice.isQuotingToNewcomers) && (
            <Preview label="Show what is quoted" text={head.quote.text} />
          )}
        </>
      )}
      {head.forward && (
        <>
          {head.forward.files > 0 && (
            <Choice
              name="withFiles"
              isTicked={choice.withFiles}
              onTick={(withFiles) => onChoice({ ...choice, withFiles })}
              error={errorOf(state, "withFiles")}
            >
              Send its {head.forward.files === 1 ? "file" : `${head.forward.files} files`} along (
              {sizeText(head.forward.bytes)})
            </Choice>
          )}
          <Preview label="Show what is forwarded" text={head.forward.text} />
        </>
      )}
    </div>
  );
}

function Choice({
  name,
  isTicked,
  onTick,
  error,
  children,
}: {
  name: string;
  isTicked: boolean;
  onTick: (isTicked: boolean) => void;
  error?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div>
      <label className="inline-flex min-h-6 items-center gap-2 max-md:min-h-11">
        <input
          type="checkbox"
          name={name}
          value="1"
          checked={isTicked}
          onChange={(event) => onTick(event.target.checked)}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `reply-${name}-error` : undefined}
          className="size-[18px] flex-none"
        />
        <span className="min-w-0 wrap-anywhere">{children}</span>
      </label>
      {error && (
        <p id={`reply-${name}-error`} role="alert" className="text-red">
          {error}
        </p>
      )}
    </div>
  );
}

/** The text is there only while it is open: most agents never look, and it may be long. */
function Preview({ label, text }: { label: string; text: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Disclosure
      label={label}
      onToggle={setOpen}
      className="[&>summary]:min-h-6 max-md:[&>summary]:min-h-11"
    >
      {isOpen && (
        <p
          dir="auto"
          className="rounded-badge bg-sunk px-2.5 py-2 whitespace-pre-wrap wrap-anywhere"
        >
          {text}
        </p>
      )}
    </Disclosure>
  );
}
