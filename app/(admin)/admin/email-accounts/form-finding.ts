import "server-only";
import type { ActionState } from "@/app/action-state";
import { type AccountActor, assertAdmin } from "@/lib/accounts/admin";
import { findForAccount } from "@/lib/accounts/find";
import { AppError } from "@/lib/errors";
import { type FormFinding, NOTHING } from "./form-state";

/** Looks for the servers of the form's address; what forbids it is said, not thrown. */
export async function findForForm(
  admin: AccountActor,
  form: FormData,
): Promise<FormFinding | null> {
  assertAdmin(admin);
  const email = form.get("email");
  if (typeof email !== "string" || email.length > 300) return null;
  try {
    const finding = await findForAccount(admin, email);
    return finding && { ...finding, trouble: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...NOTHING, trouble: error.message };
  }
}

const HOSTS = ["smtpHost", "imapHost"];

/** The host a button failed for because it was left blank and nobody knows it; or null. */
export function missingHost(action: ActionState, form: FormData): string | null {
  if (action.status !== "invalid") return null;
  const [wrong, ...others] = Object.keys(action.fields);
  if (wrong === undefined || others.length > 0) return null;
  return HOSTS.includes(wrong) && !form.get(wrong) ? wrong : null;
}

/** The form with what was found in its blank fields. */
export function withFound(form: FormData, finding: FormFinding | null): FormData {
  if (!finding) return form;
  const filled = new FormData();
  for (const [name, value] of form) filled.append(name, value);
  for (const [name, value] of Object.entries(finding.fields)) {
    const typed = filled.get(name);
    const isBlank = !typed || (typed === "auto" && name.endsWith("Security"));
    if (isBlank && value !== "") filled.set(name, value);
  }
  return filled;
}
