"use client";

import { useActionState, useEffect, useId, useRef } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import { TextField } from "@/app/ui/field";
import { useSuggestions } from "../../contacts/use-suggestions";
import { setRequester } from "./actions";
import { Refusal } from "./refusal";

/** Gives the ticket to another person, known or new. Without JavaScript the whole address is typed. */
export function RequesterForm({ number, requester }: { number: number; requester: string | null }) {
  const [state, submit, isPending] = useActionState<ActionState, FormData>(setRequester, idle);
  const { suggestions, ask } = useSuggestions();
  const area = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (state.status !== "done") return;
    const fold = area.current?.querySelector("details");
    if (fold) fold.open = false;
    fold?.querySelector("summary")?.focus();
  }, [state]);
  const isOpen = state.status === "invalid" || state.status === "refused";
  return (
    <div ref={area} className="mt-2">
      <Disclosure label={requester ? "Change requester" : "Say who the requester is"} open={isOpen}>
        <form action={submit} aria-label="Change requester" className="space-y-2.5">
          <input type="hidden" name="number" value={number} />
          <TextField
            id={`${id}-address`}
            label="Email"
            name="address"
            // Not type="email": part of a name may be typed to find the address.
            inputMode="email"
            list={`${id}-known`}
            autoComplete="off"
            spellCheck={false}
            required
            maxLength={254}
            defaultValue={typedOf(state, "address")}
            error={errorOf(state, "address")}
            onChange={({ target }: { target: HTMLInputElement }) => ask(target.value)}
          />
          <datalist id={`${id}-known`}>
            {suggestions.map(({ address, name }) => (
              <option key={address} value={address}>
                {name}
              </option>
            ))}
          </datalist>
          <TextField
            id={`${id}-name`}
            label="Name, if we don’t know them yet"
            name="name"
            dir="auto"
            autoComplete="off"
            maxLength={200}
            defaultValue={typedOf(state, "name")}
            error={errorOf(state, "name")}
          />
          {state.status === "refused" && <Refusal state={state} />}
          <SubmitButton variant="default" size="small" busy="Changing…" pending={isPending}>
            Change requester
          </SubmitButton>
          <p className="text-ink-3">
            Answers go there from now on.
            {requester && ` ${requester} stays on the ticket, so that their mail still joins.`}
          </p>
        </form>
      </Disclosure>
    </div>
  );
}
