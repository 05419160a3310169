import "server-only";
import { detectServers } from "@/lib/accounts/detect";
import { SECURITY_CHOICES, type SecurityChoice } from "@/lib/accounts/schema";
import { everydayPassword } from "@/lib/accounts/typed-servers";
import type { FormDetection } from "./form-state";

/** What is known about a form's address and hosts; half-typed values are just unknown. */
export async function detectForForm(form: FormData): Promise<FormDetection> {
  const detection = await detectServers({
    email: text(form, "email"),
    smtpHost: text(form, "smtpHost"),
    smtpPort: port(form, "smtpPort"),
    imapHost: text(form, "imapHost"),
    imapPort: port(form, "imapPort"),
  });
  const password = form.get("smtpPassword");
  return {
    ...detection,
    choices: { smtp: choice(form, "smtpSecurity"), imap: choice(form, "imapSecurity") },
    passwordWarning:
      typeof password === "string" ? everydayPassword(detection.provider, password) : null,
  };
}

/** The text of a form, for showing it again; never a password. */
export function textValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value !== "string" || name.startsWith("$ACTION")) continue;
    if (!/password|secret|token/i.test(name)) values[name] = value;
  }
  return values;
}

/** Values of the form as the form would send them. */
export function formOf(values: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim().slice(0, 300) : "";
}

function choice(form: FormData, name: string): SecurityChoice {
  const chosen = text(form, name);
  return SECURITY_CHOICES.find((each) => each === chosen) ?? "auto";
}

function port(form: FormData, name: string): number | null {
  const digits = text(form, name);
  const number = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return number >= 1 && number <= 65_535 ? number : null;
}
