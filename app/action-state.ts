/** What became of a form: what `useActionState` holds. */
export type ActionState =
  | { status: "idle" }
  | { status: "done"; message?: string; data?: Record<string, unknown> }
  | {
      status: "invalid";
      message: string;
      fields: Record<string, string>;
      values: Record<string, string>;
    }
  | { status: "refused"; message: string; values: Record<string, string> };

/** A server action as `useActionState` and the confirm dialog take it. */
export type FormAction = (previous: ActionState, form: FormData) => Promise<ActionState>;

export const idle: ActionState = { status: "idle" };

/** What the person typed last, when the form came back; otherwise `fallback`. */
export function typedOf(state: ActionState, name: string, fallback = ""): string {
  return "values" in state ? (state.values[name] ?? "") : fallback;
}

/** Whether a checkbox was ticked when the form came back; otherwise `fallback`. */
export function checkedOf(state: ActionState, name: string, fallback = false): boolean {
  return "values" in state ? name in state.values : fallback;
}

/** What is wrong with one field. */
export function errorOf(state: ActionState, name: string): string | undefined {
  return state.status === "invalid" ? state.fields[name] : undefined;
}
