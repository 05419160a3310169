"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useActionState, useEffect, useRef, useState } from "react";
import { type ActionState, errorOf, idle } from "@/app/action-state";
import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { toast } from "@/app/ui/toaster";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import { sendReply } from "./actions";
import { BegunElsewhere } from "./begun-elsewhere";
import { UNCHOSEN } from "./below-choice";
import {
  type AddressTexts,
  begunFor,
  choiceIn,
  headKey,
  keptIn,
  type Typed,
  typedIn,
} from "./kept-fields";
import { ReplyBelow } from "./reply-below";
import { ReplyFields } from "./reply-head";
import { typedAddresses } from "./typed-addresses";
import { useUndone } from "./undo-line";
import { useWriting, type Writing, type WritingProps } from "./use-writing";
import { DraftMark, WritingField } from "./writing";

export type ReplyProps = Omit<WritingProps, "kind"> & {
  lastMessageRowId: string | null;
  head: ReplyHead;
};

/**
 * An answer by mail, or a mail passed on. It stops when something newer came than what the agent has
 * seen.
 */
export function ReplyForm(props: ReplyProps) {
  const { number, lastMessageRowId, head: newestHead, draft } = props;
  const [state, submit, isPending] = useActionState<ActionState, FormData>(sendReply, idle);
  const [typed, setTyped] = useState<Typed>(() => ({
    ...keptIn(draft?.fields, newestHead),
    ...typedIn(state),
  }));
  const [choice, setChoice] = useState(() =>
    choiceIn("values" in state ? state.values : draft?.fields, newestHead),
  );
  /** What the form was about that the words were begun in. */
  const [begun, setBegun] = useState(() => draft && begunFor(draft.fields));
  const [tooLong, setTooLong] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const putBack = (fields: Record<string, string> | undefined) => {
    setTyped(keptIn(fields, newestHead));
    setChoice(choiceIn(fields, newestHead));
  };
  const onFields = (fields: Record<string, string>) => {
    putBack(fields);
    setBegun(begunFor(fields));
  };
  const writing = useWriting({ ...props, kind: "reply", state, form, onFields });
  const { text } = writing;
  const isWriting = !writing.isEmpty || Object.keys(typed).length > 0;
  const { seen, head } = useSeen(
    { seen: lastMessageRowId, head: newestHead },
    isWriting,
    (before) => {
      putBack(draft?.fields);
      setBegun((was) => was ?? before);
    },
  );
  const router = useRouter();
  const chosen = useRef(head.chosenId);
  /** What was chosen is sent, and the page goes back to the usual form. */
  const leaving = useRef(false);

  useEffect(() => {
    chosen.current = head.chosenId;
  });
  useEffect(() => {
    if (state.status !== "done") return;
    setTyped({});
    setChoice(UNCHOSEN);
    setBegun(null);
    if (state.message) toast(state.message);
    if (!chosen.current) return;
    leaving.current = true;
    router.replace(paths.ticket(number), { scroll: false });
  }, [state, router, number]);

  const key = headKey(head);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it has left once the form is another one
  useEffect(() => {
    leaving.current = false;
  }, [key]);

  const { isEmpty } = writing;
  useEffect(() => {
    if (isEmpty) setBegun(null);
  }, [isEmpty]);

  useUndone(number, head, leaving, (undone) => {
    // What has been begun since stays below it.
    writing.bringBack(undone);
    const { to, cc, bcc, accountId } = undone;
    setTyped((begun) => ({ to, cc, bcc, ...(accountId ? { accountId } : {}), ...begun }));
    requestAnimationFrame(() => document.getElementById("reply-text")?.focus());
  });

  if (head.accounts.length === 0)
    return (
      <p className="px-3.5 py-3 text-ink-2">
        No active email account can send this. Connect one under Admin Portal → Email Accounts, or
        make one active and default.
      </p>
    );

  const texts = {
    to: typed.to ?? head.to,
    cc: typed.cc ?? head.cc,
    bcc: typed.bcc ?? "",
  };
  const accountId = typed.accountId ?? head.accountId ?? "";
  const newcomers = newcomersIn(texts, head);
  const onSubmit = (event: FormEvent) => {
    setTooLong(text.length > head.textMax);
    // Sent, it might be too much for the server to read, and lost.
    if (text.length > head.textMax) event.preventDefault();
  };
  return (
    <form ref={form} action={submit} onSubmit={onSubmit}>
      <input type="hidden" name="number" value={number} />
      <input type="hidden" name="lastMessageRowId" value={seen ?? ""} />
      {head.chosenId && (
        <input
          type="hidden"
          name={head.mode === "forward" ? "forwards" : "answers"}
          value={head.chosenId}
        />
      )}
      <ReplyFields
        head={head}
        state={state}
        texts={texts}
        onText={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
        accountId={accountId}
        onAccount={(id) => setTyped((before) => ({ ...before, accountId: id }))}
      />
      {head.forward && (
        <p dir="auto" className="px-3.5 pt-2.5 text-sm font-semibold wrap-anywhere">
          {head.forward.subject}
        </p>
      )}
      <WritingField
        writing={writing}
        label={head.mode === "forward" ? "Words above the forwarded mail" : "Reply"}
        error={tooLong ? tooLongText(text, head) : textError(state)}
        form={form}
      />
      {begun && !writing.isEmpty && <BegunElsewhere {...{ number, begun, head }} />}
      <ReplyBelow {...{ head, state, accountId, newcomers, choice }} onChoice={setChoice} />
      <Overtaken
        refusal={errorOf(state, "lastMessageRowId")}
        isNewer={seen !== lastMessageRowId}
        isPending={isPending}
      />
      <SendButtons isPending={isPending} writing={writing} />
    </form>
  );
}

function newcomersIn({ to, cc, bcc }: AddressTexts, { known }: ReplyHead): string[] {
  const named = new Set(typedAddresses(`${to}, ${cc}, ${bcc}`));
  return [...named].filter((address) => !known.includes(address));
}

function textError(state: ActionState): string | undefined {
  return (
    errorOf(state, "text") ??
    errorOf(state, "files") ??
    (state.status === "refused" ? state.message : undefined)
  );
}

function tooLongText({ length }: string, { textMax }: ReplyHead): string {
  const count = (n: number) => n.toLocaleString("en");
  return `That is too long: ${count(length)} characters, where ${count(textMax)} may be sent.`;
}

type Seen = { seen: string | null; head: ReplyHead };

/**
 * What the agent has had a chance to read: it stays behind while they are writing, though the page
 * goes on being updated. Another mail that they choose is followed at once; `onOther` forgets what
 * belonged to the one before.
 */
function useSeen(newest: Seen, isWriting: boolean, onOther: (before: ReplyHead) => void): Seen {
  const [seen, setSeen] = useState(newest);
  const isOther = headKey(seen.head) !== headKey(newest.head);
  const isNewer = seen.seen !== newest.seen || seen.head !== newest.head;
  if (isOther || (isNewer && !isWriting)) {
    const next = { seen: isWriting ? seen.seen : newest.seen, head: newest.head };
    setSeen(next);
    if (isOther) onOther(seen.head);
    return next;
  }
  return seen;
}

function SendButtons({ isPending, writing }: { isPending: boolean; writing: Writing }) {
  const also = {
    variant: "default",
    name: "status",
    busy: "Sending…",
    pending: isPending,
  } as const;
  return (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-rule px-2.5 py-[9px] max-md:grid max-md:grid-cols-2">
      <div className="mr-auto flex flex-wrap items-center gap-x-1 pl-1 empty:hidden max-md:col-span-2">
        <DraftMark writing={writing} />
      </div>
      <SubmitButton {...also} value="PENDING">
        Send & wait
      </SubmitButton>
      <SubmitButton {...also} value="SOLVED">
        Send & solve
      </SubmitButton>
      <SubmitButton busy="Sending…" pending={isPending} data-send className="max-md:col-span-2">
        Send
      </SubmitButton>
    </footer>
  );
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
