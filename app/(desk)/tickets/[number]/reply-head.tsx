"use client";

import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { type ActionState, errorOf } from "@/app/action-state";
import { Button } from "@/app/ui/button";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import type { AddressTexts } from "./kept-fields";
import { typedAddresses } from "./typed-addresses";

const FIELDS = [
  { name: "to", label: "To" },
  { name: "cc", label: "Cc" },
  { name: "bcc", label: "Bcc" },
] as const;

const FIELD =
  "w-full rounded-badge border border-transparent px-1 py-0.5 placeholder-shown:border-rule hover:border-edge-soft focus:border-edge aria-invalid:border-red max-md:min-h-11 max-md:text-lg";

/** From, To, Cc and Bcc of what an agent writes. */
export function ReplyFields({
  head,
  state,
  texts,
  onText,
  accountId,
  onAccount,
}: {
  head: ReplyHead;
  state: ActionState;
  texts: AddressTexts;
  onText: (name: keyof AddressTexts, text: string) => void;
  accountId: string;
  onAccount: (id: string) => void;
}) {
  return (
    <div className="border-b border-rule px-3.5 py-2.5 text-sm">
      <dl className="grid grid-cols-[52px_minmax(0,1fr)] items-baseline gap-x-1.5 gap-y-1 [&>dt]:text-ink-3">
        <Row name="from" label="From" error={errorOf(state, "accountId")}>
          <select
            id="reply-from"
            name="accountId"
            value={accountId}
            onChange={(event) => onAccount(event.target.value)}
            aria-invalid={errorOf(state, "accountId") ? true : undefined}
            aria-describedby={errorOf(state, "accountId") ? "reply-from-error" : undefined}
            className={`${FIELD} -ml-2 truncate bg-sheet`}
          >
            {/* One that was deactivated meanwhile stays until another is chosen. */}
            {!head.accounts.some(({ id }) => id === accountId) && (
              <option value={accountId}>An account that can’t send any more</option>
            )}
            {head.accounts.map(({ id, email, name }) => (
              <option key={id} value={id}>
                {name ? `${name} <${email}>` : email}
              </option>
            ))}
          </select>
        </Row>
        {FIELDS.map(({ name, label }) => (
          <Row key={name} name={name} label={label} error={errorOf(state, name)}>
            <input
              id={`reply-${name}`}
              name={name}
              dir="auto"
              value={texts[name]}
              onChange={(event) => onText(name, event.target.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              inputMode="email"
              // For the edge that an empty field shows.
              placeholder=" "
              aria-invalid={errorOf(state, name) ? true : undefined}
              aria-describedby={errorOf(state, name) ? `reply-${name}-error` : undefined}
              className={`${FIELD} -ml-1`}
            />
            <Bounced head={head} text={texts[name]} />
          </Row>
        ))}
      </dl>
      <Suggestions
        head={head}
        texts={texts}
        onAdd={(mailbox) => onText("cc", withOne(texts.cc, mailbox))}
      />
    </div>
  );
}

function withOne(text: string, mailbox: string): string {
  const before = text.trim().replace(/[,;]$/, "");
  return before ? `${before}, ${mailbox}` : mailbox;
}

function Row({
  name,
  label,
  error,
  children,
}: {
  name: string;
  label: string;
  error: string | undefined;
  children: ReactNode;
}) {
  return (
    <>
      <dt>
        <label htmlFor={`reply-${name}`}>{label}</label>
      </dt>
      <dd className="wrap-anywhere">
        {children}
        {error && (
          <p id={`reply-${name}-error`} role="alert" className="text-red">
            {error}
          </p>
        )}
      </dd>
    </>
  );
}

/** What is known of an address that mail comes back from. */
function Bounced({ head, text }: { head: ReplyHead; text: string }) {
  const addresses = typedAddresses(text);
  return head.bounced
    .filter(({ address }) => addresses.includes(address))
    .map(({ address, cause }) => (
      <span key={address} className="block text-red">
        Mail to {addresses.length > 1 ? address : "this address"} came back. {cause}
      </span>
    ));
}

/** People the mail names beside those who take part; a click puts them into Cc. */
function Suggestions({
  head,
  texts,
  onAdd,
}: {
  head: ReplyHead;
  texts: AddressTexts;
  onAdd: (mailbox: string) => void;
}) {
  const named = typedAddresses(`${texts.to}, ${texts.cc}, ${texts.bcc}`);
  const open = head.suggestions.filter(({ address }) => !named.includes(address));
  if (open.length === 0) return null;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-1.5 text-ink-2">
      <span>Not on this ticket yet:</span>
      {open.map(({ mailbox, address, isWaiting }) => (
        <Button
          key={address}
          size="small"
          className="max-w-full"
          icon={<Plus aria-hidden className="icon" />}
          onClick={() => onAdd(mailbox)}
        >
          <span dir="auto" className="truncate">
            <span className="sr-only">Add to Cc: </span>
            {mailbox}
          </span>
          {isWaiting && <span className="font-normal text-ink-3">waits for your yes</span>}
        </Button>
      ))}
    </div>
  );
}
