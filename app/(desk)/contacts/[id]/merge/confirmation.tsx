"use client";

import { useActionState } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { FormErrors } from "@/app/ui/form-errors";
import type { MergePreview, MergeSide } from "@/lib/contact-merge";
import { mergeInto } from "../../actions";

/** What the merge does, who sees what afterwards, and the button that does it. */
export function Confirmation({ preview }: { preview: MergePreview }) {
  const [state, submit] = useActionState<ActionState, FormData>(mergeInto, idle);
  const { from, into, user, refusal } = preview;
  const again = (
    <LinkButton href={paths.mergeContact(from.id)} variant="quiet" prefetch={false}>
      Choose another contact
    </LinkButton>
  );
  if (refusal)
    return (
      <div className="gutter max-w-[656px] py-5">
        <Callout tone="amber" title="These two can’t be merged" actions={again}>
          {refusal}
        </Callout>
      </div>
    );
  return (
    <form action={submit} className="gutter max-w-[656px] space-y-4 py-5">
      <FormErrors state={state} />
      <input type="hidden" name="fromId" value={from.id} />
      <input type="hidden" name="intoId" value={into.id} />
      <input type="hidden" name="userId" value={user?.id ?? ""} />
      <dl className="space-y-3">
        <Side label="This contact" side={from} />
        <Side label="becomes part of" side={into} />
      </dl>
      <ul className="list-disc space-y-1 pl-5 text-ink-2">
        <li>
          {ticketsText(from.tickets)} of {nameOf(from)} {from.tickets === 1 ? "moves" : "move"} to{" "}
          {nameOf(into)}, who then has {ticketsText(from.tickets + into.tickets)}.
        </li>
        <li>
          Mail from {listOf([...from.addresses, ...into.addresses])} counts as this one person’s. An
          answer goes to the address they last wrote from.
        </li>
      </ul>
      {user && (
        <Callout tone="amber" title={`${user.name || user.email} will see all these tickets`}>
          {user.isActive ? "They sign in" : "They are deactivated; reactivated they sign in"} to the
          portal as {user.email}, and see {ticketsText(from.tickets + into.tickets)} there after the
          merge. Merge only when both are the same person.
        </Callout>
      )}
      <p className="font-semibold">A merge can’t be undone here.</p>
      <div className="flex flex-wrap gap-2">
        <SubmitButton variant="red-solid" busy="Merging…">
          Merge contacts
        </SubmitButton>
        {again}
      </div>
    </form>
  );
}

function Side({ label, side }: { label: string; side: MergeSide }) {
  return (
    <div>
      <dt className="text-sm text-ink-3">{label}</dt>
      <dd className="wrap-anywhere">
        <b className="font-semibold" dir="auto">
          {nameOf(side)}
        </b>
        {side.name && <span className="block text-sm text-ink-2">{side.addresses.join(", ")}</span>}
      </dd>
    </div>
  );
}

const nameOf = (side: MergeSide) => side.name || (side.addresses[0] ?? "");

const ticketsText = (count: number) => (count === 1 ? "1 ticket" : `${count} tickets`);

function listOf(addresses: string[]): string {
  return new Intl.ListFormat("en").format(addresses);
}
