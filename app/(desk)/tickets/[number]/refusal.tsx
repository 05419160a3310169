import type { ActionState } from "@/app/action-state";

/** What was wrong with a form of one field, for a screen reader at once. */
export function Refusal({ state, id }: { state: ActionState; id?: string }) {
  const text = refusalOf(state);
  if (!text) return null;
  return (
    <p id={id} role="alert" className="text-sm text-red">
      {text}
    </p>
  );
}

/** Why a form came back; undefined when it didn't. */
export function refusalOf(state: ActionState): string | undefined {
  if (state.status === "invalid") return Object.values(state.fields)[0];
  return state.status === "refused" ? state.message : undefined;
}
