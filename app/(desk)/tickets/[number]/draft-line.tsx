"use client";

import { Check, CloudOff } from "lucide-react";
import { paths } from "@/app/paths";
import { Button } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import type { KeptDraft } from "./use-draft";

/** "Draft saved · Discard", or that it is not. */
export function DraftLine({
  state,
  isEmpty,
  onDiscard,
}: {
  state: KeptDraft["state"];
  isEmpty: boolean;
  onDiscard: () => void;
}) {
  if (isEmpty) return null;
  return (
    <span className="flex items-center gap-1.5 text-sm text-ink-2">
      {state.status === "saved" && (
        <>
          <Check aria-hidden className="icon" />
          <span>Draft saved</span>
        </>
      )}
      {state.status === "failing" && (
        <>
          <CloudOff aria-hidden className="icon text-amber" />
          <span>Not saved</span>
        </>
      )}
      <Button variant="quiet" size="small" onClick={onDiscard}>
        Discard
      </Button>
    </span>
  );
}

/** What stands between an agent and a draft that is kept: no server, no sign-in, or another tab. */
export function DraftTrouble({
  draft,
  number,
  onDiscard,
}: {
  draft: KeptDraft;
  number: number;
  onDiscard: () => void;
}) {
  const { state } = draft;
  if (state.status === "failing")
    return (
      <Box
        title="This draft is not saved on the server."
        actions={
          state.isSignedOut && (
            <a
              href={paths.login({ callbackUrl: paths.ticket(number) })}
              target="_blank"
              rel="noopener"
              className="link"
            >
              Sign in in a new tab
            </a>
          )
        }
      >
        {state.why}{" "}
        {state.isSignedOut
          ? "Once you are signed in again it is saved by itself. Until then it is kept in this tab."
          : "Until then it is kept in this tab."}
      </Box>
    );
  if (state.status === "newer")
    return (
      <Box
        title="Another draft of yours was saved meanwhile, in another tab or on another computer."
        actions={
          <>
            <Button size="small" onClick={() => draft.use(state.draft)}>
              Use the other one
            </Button>
            <Button size="small" onClick={() => draft.takeOver(state.draft.savedAt)}>
              Keep this one
            </Button>
          </>
        }
      >
        <p>Both are still there. This one is saved again once you have chosen. The other one:</p>
        <p dir="auto" className="mt-1 max-h-24 overflow-auto whitespace-pre-wrap wrap-anywhere">
          {state.draft.text}
        </p>
      </Box>
    );
  if (state.status === "gone")
    return (
      <Box
        title="This draft was sent or discarded in another tab."
        actions={
          <>
            <Button size="small" onClick={onDiscard}>
              Discard it here too
            </Button>
            <Button size="small" onClick={() => draft.takeOver(null)}>
              Keep it as a new draft
            </Button>
          </>
        }
      />
    );
  return null;
}

function Box(props: { title: string; actions: React.ReactNode; children?: React.ReactNode }) {
  return (
    <div className="px-3.5 pb-3">
      <Callout tone="amber" role="status" {...props} />
    </div>
  );
}
