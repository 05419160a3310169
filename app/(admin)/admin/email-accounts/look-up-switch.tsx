"use client";

import { useActionState } from "react";
import { type ActionState, idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { FormErrors } from "@/app/ui/form-errors";
import { switchLookUps } from "./actions";

/** Whether the form of an account may ask DNS and the address's own domain for its servers. */
export function LookUpSwitch({ isOn }: { isOn: boolean }) {
  const [state, submit] = useActionState<ActionState, FormData>(switchLookUps, idle);
  return (
    <section aria-label="Finding servers" className="gutter max-w-[656px] pt-5">
      <h2 className="mb-1 text-section font-semibold">Finding servers</h2>
      <p className="mb-3 text-ink-2">
        {isOn
          ? "On: when an address is typed, Mailroom asks DNS and the address’s own domain where its mail servers are. The domain’s web server is told the address; nobody else is asked."
          : "Off: nothing leaves this machine while an account is set up. The servers of well-known providers are filled in, all others are typed."}
      </p>
      <form action={submit} className="space-y-3">
        <FormErrors state={state} />
        <input type="hidden" name="isOn" value={isOn ? "no" : "yes"} />
        <SubmitButton variant="default" busy={isOn ? "Switching off…" : "Switching on…"}>
          {isOn ? "Switch look-ups off" : "Switch look-ups on"}
        </SubmitButton>
      </form>
    </section>
  );
}
