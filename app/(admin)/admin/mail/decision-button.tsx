"use client";

import { CirclePlay, CloudDownload, RefreshCw } from "lucide-react";
import { useActionState } from "react";
import { idle } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { Words } from "../email-accounts/words";
import { askAgain, retry, retryAll } from "./actions";

const DECISIONS = {
  retry: { word: "Retry", busy: "Retrying…", icon: RefreshCw, action: retry },
  retryAll: { word: "Retry all", busy: "Retrying…", icon: RefreshCw, action: retryAll },
  release: { word: "Release", busy: "Releasing…", icon: CirclePlay, action: retry },
  askAgain: { word: "Fetch again", busy: "Asking…", icon: CloudDownload, action: askAgain },
};

type Props = { decision: keyof typeof DECISIONS; fields: Record<string, string> };

/** What an admin decides on a mail; what was refused is said beside it. */
export function DecisionButton({ decision, fields }: Props) {
  const { word, busy, icon: Icon, action } = DECISIONS[decision];
  const [state, submit] = useActionState(action, idle);
  return (
    <form action={submit} className="flex items-center gap-2 max-md:flex-wrap">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton
        variant="default"
        size="small"
        icon={<Icon aria-hidden className="icon" />}
        busy={busy}
        className="whitespace-nowrap"
      >
        {word}
      </SubmitButton>
      {state.status === "refused" && (
        <p role="alert" className="text-sm text-red">
          <Words>{state.message}</Words>
        </p>
      )}
    </form>
  );
}
