"use client";

import { ListChecks } from "lucide-react";
import { useActionState } from "react";
import { idle } from "../action-state";
import { SubmitButton } from "../ui/button";
import { showSteps } from "./actions";

/** For an admin who hid the list and wants it back. */
export function ShowAgain() {
  const [, submit] = useActionState(showSteps, idle);
  return (
    <form action={submit} className="gutter border-b border-rule py-3.5">
      <SubmitButton
        variant="default"
        busy="Showing…"
        icon={<ListChecks aria-hidden className="icon" />}
      >
        Show first steps
      </SubmitButton>
    </form>
  );
}
