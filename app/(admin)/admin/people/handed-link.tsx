"use client";

import type { ActionState } from "../../../action-state";
import { Callout } from "../../../ui/callout";
import { CopyField } from "../../../ui/copy-field";

/** What became of a link that was made: on its way, or here, once, to be handed over. */
export function HandedLink({ state }: { state: ActionState }) {
  if (state.status !== "done" || !state.data) return null;
  const { to, url, why } = state.data;
  if (typeof url !== "string")
    return (
      <Callout tone="green" role="status" title={`A link is on its way to ${to}.`}>
        It works once, for 30 minutes.
      </Callout>
    );
  return (
    <Callout tone="blue" role="status" title={`Hand this link to ${to}.`}>
      {typeof why === "string" && <p>{why}</p>}
      <p>It works once, for 30 minutes, and is shown only now.</p>
      <CopyField label="Link" text={url} />
    </Callout>
  );
}
