import { type ActionState, idle } from "@/app/action-state";
import type { ImportCheck } from "@/lib/accounts/import";
import type { TestedAccount } from "@/lib/accounts/test-many";

/** What the import form knows after a button was pressed. */
export type ImportState = {
  action: ActionState;
  /** The dry run; null before it, and when the file can't be read. */
  check: ImportCheck | null;
  imported: { id: string; email: string }[] | null;
};

export const nothingYet: ImportState = { action: idle, check: null, imported: null };

export type TestedState = { action: ActionState; tested: TestedAccount[] };
