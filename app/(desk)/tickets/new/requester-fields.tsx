"use client";

import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { type ActionState, errorOf, typedOf } from "@/app/action-state";
import { TextField } from "@/app/ui/field";
import type { ContactSuggestion } from "@/lib/contact-list";
import { suggest } from "../../contacts/actions";

/** An address, and the name we know it by; both may be empty. */
export type KnownRequester = { address: string; name: string };

const SUGGESTIONS_ID = "known-addresses";
const TYPING_PAUSE_MS = 200;

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

/** The known addresses for what was typed last, a moment after the last key. */
function useSuggestions() {
  const [suggestions, setSuggestions] = useState<ContactSuggestion[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const newest = useRef("");
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (text: string) => {
    newest.current = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      // What can't be asked for is only not offered.
      const found = await suggest(text).catch(() => []);
      if (newest.current === text) setSuggestions(found);
    }, TYPING_PAUSE_MS);
  };
  return { suggestions, ask };
}
