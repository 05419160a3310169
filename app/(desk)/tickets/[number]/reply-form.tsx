"use client";

import { useActionState, useEffect, useRef, useState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { toast } from "@/app/ui/toaster";
import { sendReply } from "./actions";
import { useUndone } from "./undo-line";
import { useWriting, type WritingProps } from "./use-writing";
import { WritingField } from "./writing";

export type ReplyProps = Omit<WritingProps, "kind"> & {
  lastMessageRowId: string | null;
  /** The account an answer leaves from; null when none can send. */
  from: string | null;
  /** null when the sender is unknown. */
  to: { name: string; email: string } | null;
  /** Why mail to that address came back for good; null when none did. */
  toBounced: string | null;
};

/** An answer by mail. It stops when something newer came than what the agent has seen. */
export function ReplyForm(props: ReplyProps) {
  const { number, lastMessageRowId, from, to, toBounced, draft } = props;
  const [state, submit, isPending] = useActionState<ActionState, FormData>(sendReply, idle);
  const [cc, setCc] = useState(typedOf(state, "cc", draft?.fields.cc));
  const form = useRef<HTMLFormElement>(null);
  const onFields = (fields: Record<string, string>) => setCc(fields.cc ?? "");
  const writing = useWriting({ ...props, kind: "reply", state, form, onFields });
  const seen = useSeenMessage(lastMessageRowId, !writing.isEmpty);

  useEffect(() => {
    if (state.status !== "done") return;
    setCc("");
    if (state.message) toast(state.message);
  }, [state]);

  useUndone((undone) => {
    // What has been begun since stays below it.
    writing.bringBack(undone);
    setCc((begun) => begun || undone.cc);
    requestAnimationFrame(() => document.getElementById("reply-text")?.focus());
  });

  if (!to) return <Cannot>The sender of this mail is unknown, so it can’t be answered.</Cannot>;
  if (!from)
    return (
      <Cannot>
        No active email account can send this. Connect one under Admin Portal → Email Accounts, or
        make one active and default.
      </Cannot>
    );

  const overtaken = errorOf(state, "lastMessageRowId");
  const error =
    errorOf(state, "text") ??
    errorOf(state, "files") ??
    (state.status === "refused" ? state.message : undefined);
  return (
    <form ref={form} action={submit}>
      <input type="hidden" name="number" value={number} />
      <input type="hidden" name="lastMessageRowId" value={seen ?? ""} />
      <dl className="grid grid-cols-[52px_minmax(0,1fr)] items-center gap-x-1.5 gap-y-1 border-b border-rule px-3.5 py-2.5 text-sm [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
        <dt>From</dt>
        <dd>{from}</dd>
        <dt>To</dt>
        <dd dir="auto">
          {to.name ? `${to.name} <${to.email}>` : to.email}
          {toBounced && (
            <span className="block text-red">Mail to this address came back. {toBounced}</span>
          )}
        </dd>
        <dt>
          <label htmlFor="reply-cc">Cc</label>
        </dt>
        <dd>
          <input
            id="reply-cc"
            name="cc"
            value={cc}
            onChange={(event) => setCc(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={errorOf(state, "cc") ? true : undefined}
            aria-describedby={errorOf(state, "cc") ? "reply-cc-error" : undefined}
            className="w-full rounded-badge border border-transparent px-1 py-0.5 -ml-1 hover:border-edge-soft focus:border-edge max-md:min-h-10"
          />
          {errorOf(state, "cc") && (
            <p id="reply-cc-error" role="alert" className="text-red">
              {errorOf(state, "cc")}
            </p>
          )}
        </dd>
      </dl>
      <WritingField writing={writing} label="Reply" error={error} form={form} />
      <Overtaken refusal={overtaken} isNewer={seen !== lastMessageRowId} isPending={isPending} />
      <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-rule px-2.5 py-[9px]">
        <SubmitButton
          variant="default"
          name="status"
          value="PENDING"
          busy="Sending…"
          pending={isPending}
        >
          Send & wait
        </SubmitButton>
        <SubmitButton busy="Sending…" pending={isPending} data-send>
          Send
        </SubmitButton>
      </footer>
    </form>
  );
}

/**
 * The newest message the agent has had a chance to read: it stays behind while they are writing,
 * though the page goes on being updated.
 */
function useSeenMessage(newest: string | null, isWriting: boolean): string | null {
  const [seen, setSeen] = useState(newest);
  if (!isWriting && seen !== newest) setSeen(newest);
  return seen;
}

function Overtaken({
  refusal,
  isNewer,
  isPending,
}: {
  refusal: string | undefined;
  isNewer: boolean;
  isPending: boolean;
}) {
  if (!refusal && !isNewer) return null;
  return (
    <div className="px-3.5 pb-3">
      <Callout
        tone="amber"
        role={refusal ? "alert" : "status"}
        title={refusal ?? "Something new came in while you were writing."}
        actions={
          refusal && (
            <SubmitButton
              variant="default"
              size="small"
              name="anyway"
              value="1"
              busy="Sending…"
              pending={isPending}
            >
              Send anyway
            </SubmitButton>
          )
        }
      >
        {refusal ? "Your text is still here." : "Read it above before you send."}
      </Callout>
    </div>
  );
}

function Cannot({ children }: { children: React.ReactNode }) {
  return <p className="px-3.5 py-3 text-ink-2">{children}</p>;
}
