"use client";

import { type ChangeEvent, useState } from "react";
import { type ActionState, errorOf, typedOf } from "@/app/action-state";
import { TextField } from "@/app/ui/field";
import { useSuggestions } from "../../contacts/use-suggestions";

/** An address, and the name we know it by; both may be empty. */
export type KnownRequester = { address: string; name: string };

const SUGGESTIONS_ID = "known-addresses";

/**
 * Whom the ticket is for. Part of a name or address offers the addresses we know; without
 * JavaScript the whole address is typed.
 */
export function RequesterFields({
  state,
  requester,
}: {
  state: ActionState;
  requester: KnownRequester;
}) {
  const { suggestions, ask } = useSuggestions();
  const [typed, setTyped] = useState(requester.address);
  const known = [requester, ...suggestions].find(
    ({ address, name }) => name && address.toLowerCase() === typed.trim().toLowerCase(),
  );
  return (
    <>
      <TextField
        label="Requester’s email"
        name="requesterEmail"
        // Not type="email": part of a name may be typed to find the address.
        inputMode="email"
        list={SUGGESTIONS_ID}
        autoComplete="off"
        spellCheck={false}
        required
        maxLength={254}
        defaultValue={typedOf(state, "requesterEmail", requester.address)}
        error={errorOf(state, "requesterEmail")}
        hint="The address, or part of the name of somebody who wrote before."
        fact={known && `The address of ${known.name}`}
        onChange={({ target }: ChangeEvent<HTMLInputElement>) => {
          setTyped(target.value);
          ask(target.value);
        }}
      />
      <datalist id={SUGGESTIONS_ID}>
        {suggestions.map(({ address, name }) => (
          <option key={address} value={address}>
            {name}
          </option>
        ))}
      </datalist>
      <TextField
        label="Requester’s name"
        name="requesterName"
        autoComplete="off"
        maxLength={200}
        defaultValue={typedOf(state, "requesterName")}
        error={errorOf(state, "requesterName")}
        hint="Optional. Kept only when we don’t know this person’s name yet."
      />
    </>
  );
}
