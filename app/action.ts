import "server-only";
import { cookies } from "next/headers";
import type { z } from "zod";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import type { ActionState, FormAction } from "./action-state";
import { requireAdmin, requireAgent, requireUser, type SignedIn } from "./auth";
import { pageLanguage, wordsOf } from "./words/page-language";
import { uiWords } from "./words/ui";

export type { ActionState, FormAction } from "./action-state";

/** `message` stays with the form; `toast` is shown by the next page, also after a redirect. */
export type ActionResult = {
  message?: string;
  toast?: string;
  /** The bulk change that the toast offers to undo. */
  undo?: string | undefined;
  data?: Record<string, unknown>;
};

type Run<Schema extends z.ZodType> = (
  user: SignedIn,
  input: z.output<Schema>,
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that has nothing to say returns nothing
) => Promise<ActionResult | void>;

/** A server action for anyone who is signed in. See `act` for the order of the checks. */
export function userAction<Schema extends z.ZodType>(schema: Schema, run: Run<Schema>): FormAction {
  return (_previous, form) => act(requireUser, schema, run, form);
}

/** A server action for agents and admins. */
export function agentAction<Schema extends z.ZodType>(
  schema: Schema,
  run: Run<Schema>,
): FormAction {
  return (_previous, form) => act(requireAgent, schema, run, form);
}

/** A server action for admins. */
export function adminAction<Schema extends z.ZodType>(
  schema: Schema,
  run: Run<Schema>,
): FormAction {
  return (_previous, form) => act(requireAdmin, schema, run, form);
}

/** A server action before sign-in: it has no user, so it checks for itself who may do it. */
export function publicAction<Schema extends z.ZodType>(
  schema: Schema,
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that has nothing to say returns nothing
  run: (input: z.output<Schema>) => Promise<ActionResult | void>,
): FormAction {
  return (_previous, form) =>
    act(
      async () => null,
      schema,
      (_user, input) => run(input),
      form,
    );
}

/**
 * Session, role, shape of the form, then the work. AppError becomes "refused", or "invalid" when it
 * names a field; redirects, notFound() and bugs pass through.
 */
async function act<Schema extends z.ZodType, Who>(
  require: () => Promise<Who>,
  schema: Schema,
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that has nothing to say returns nothing
  run: (user: Who, input: z.output<Schema>) => Promise<ActionResult | void>,
  form: FormData,
): Promise<ActionState> {
  const user = await require();
  const values = valuesToEcho(form);
  const parsed = schema.safeParse(objectOf(form));
  if (!parsed.success) {
    const fields: Record<string, string> = {};
    for (const issue of parsed.error.issues) fields[issue.path.join(".")] ??= issue.message;
    return { status: "invalid", message: await summaryOf(fields), fields, values };
  }
  try {
    const result = await run(user, parsed.data);
    if (result?.toast) await toastNext(result.toast, result.undo);
    return { status: "done", message: result?.message, data: result?.data };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.field === undefined) return { status: "refused", message: error.message, values };
    const fields = { [error.field]: error.message };
    return { status: "invalid", message: await summaryOf(fields), fields, values };
  }
}

async function summaryOf(fields: Record<string, string>): Promise<string> {
  return (await wordsOf(uiWords)).wrong(Object.keys(fields).length);
}

/** The form as an object: a name that comes more than once becomes a list. */
function objectOf(form: FormData): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const name of new Set(form.keys())) {
    if (name.startsWith("$ACTION")) continue;
    const all = form.getAll(name);
    object[name] = all.length > 1 ? all : all[0];
  }
  return object;
}

/** What goes back into the form: typed text, never a secret and never a file. */
function valuesToEcho(form: FormData): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of form) {
    if (name.startsWith("$ACTION") || /password|secret|token|^current$/i.test(name)) continue;
    if (typeof value === "string") values[name] = value;
  }
  return values;
}

/**
 * Lets the next page show `text` as a toast, with a button that undoes the bulk change `undo`: call
 * it before redirect().
 */
export async function toastNext(text: string, undo?: string): Promise<void> {
  const jar = await cookies();
  const lang = await pageLanguage();
  const toast = { id: Date.now().toString(36), text: text.slice(0, 300), undo, lang };
  jar.set("toast", JSON.stringify(toast), {
    path: "/",
    maxAge: 10,
    sameSite: "lax",
    secure: env().APP_URL.startsWith("https:"),
  });
}
