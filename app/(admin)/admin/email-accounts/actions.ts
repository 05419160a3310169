"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { adminAction, toastNext } from "@/app/action";
import { type ActionState, idle } from "@/app/action-state";
import { requireAdmin, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { createAccount } from "@/lib/accounts/create";
import { deleteAccount } from "@/lib/accounts/delete";
import { type DryRun, type DryRunFailure, dryRun } from "@/lib/accounts/dry-run";
import { foldersOfSettings } from "@/lib/accounts/list-folders";
import {
  type AccountChange,
  compareNow as compare,
  disablePolling as disable,
  enablePolling as enable,
  pollNow as poll,
  setActive,
} from "@/lib/accounts/polling";
import { accountFormSchema } from "@/lib/accounts/schema";
import { testAccount, testSettings } from "@/lib/accounts/test-connection";
import { updateAccount } from "@/lib/accounts/update";
import { setLookUps } from "@/lib/discovery/look-ups";
import type { ProbeResult } from "@/lib/transport/probe";
import { detectForForm, textValues } from "./form-detection";
import { findForForm, missingHost, withFound } from "./form-finding";
import { submitSignIn } from "./form-sign-in";
import {
  type AccountFormState,
  type FormDetection,
  type FormFinding,
  type TestState,
  untouched,
} from "./form-state";
import { signInIntent } from "./sign-in-intents";

const idSchema = z.object({ id: z.string().max(100) });

const change = (work: (admin: SignedIn, id: string) => Promise<AccountChange>, verb: string) =>
  adminAction(idSchema, async (admin, { id }) => {
    const { email } = await work(admin, id);
    revalidatePath(paths.emailAccounts);
    return { toast: `${verb} ${email}.` };
  });

export const enablePolling = change(enable, "Polling enabled for");
export const disablePolling = change(disable, "Polling disabled for");
export const activate = change((admin, id) => setActive(admin, id, true), "Activated");

export const pollNow = adminAction(idSchema, async (admin, { id }) => {
  const { email } = await poll(admin, id);
  return { message: `Asked for a poll of ${email}.` };
});

export const compareNow = adminAction(idSchema, async (admin, { id }) => {
  const { email } = await compare(admin, id);
  return { message: `Asked for a comparison of ${email}.` };
});

/** Deletes and leads back to the list, where the next toast says what became of the default. */
export const removeAccount = adminAction(idSchema, async (admin, { id }) => {
  const { email, newDefault } = await deleteAccount(admin, id);
  const heir = newDefault ? ` ${newDefault} is the default now.` : "";
  await toastNext(`Deleted ${email}. Its tickets stay.${heir}`);
  redirect(paths.emailAccounts);
});

const testSchema = idSchema.extend({ test: z.enum(["smtp", "imap", "mail"]) });

/** Test SMTP and Test IMAP of the list, and the test mail: the stored settings. */
export async function testStored(_previous: TestState, form: FormData): Promise<TestState> {
  const reports: ProbeResult[] = [];
  const action = await adminAction(testSchema, async (admin, { id, test }) => {
    reports.push(await testAccount(admin, id, test));
  })(idle, form);
  return { action, report: reports[0] ?? null };
}

const TESTS = { "test-smtp": "smtp", "test-imap": "imap", "test-mail": "mail" } as const;

/**
 * The form's buttons: save, the tests and the dry run with what stands in the form, and those about
 * how the account signs in.
 */
export async function submitAccount(
  _previous: AccountFormState,
  form: FormData,
): Promise<AccountFormState> {
  const about = signInIntent(form.get("intent"));
  if (about) return submitSignIn(about, form);
  const reports: ProbeResult[] = [];
  const runs: (DryRun | DryRunFailure)[] = [];
  const action: ActionState = await adminAction(accountFormSchema, async (admin, input) => {
    const { intent, id, like, allowPlain: _allowPlain, tryAnyway, ...account } = input;
    if (intent === "save") return save(admin, { id, like }, account);
    const use = { tryAnyway: tryAnyway === "on", ...(id ? { id } : {}) };
    if (intent === "dry-run") runs.push(await dryRun(admin, account, use));
    else reports.push(await testSettings(admin, account, { ...use, test: TESTS[intent] }));
  })(idle, form);
  // Before JavaScript nobody has looked for servers yet: they come back filled in, to be looked at.
  const missing = missingHost(action, form);
  const finding = missing === null ? null : await findForForm(await requireAdmin(), form);
  const filled = withFound(form, finding);
  return {
    ...untouched,
    action: finding && missing && finding.fields[missing] ? lookAtThem(finding) : action,
    report: reports[0] ?? null,
    dryRun: runs[0] ?? null,
    detection: await detectForForm(filled),
    finding,
    values: textValues(filled),
  };
}

/** Servers that nobody has seen are not used: DNS alone may say where a password would go. */
function lookAtThem({ domain }: FormFinding): ActionState {
  const message = `Servers were found for ${domain} and filled in. Look at them, then press the button again.`;
  return { status: "refused", message, values: {} };
}

async function save(
  admin: SignedIn,
  { id, like }: { id: string | undefined; like: string | undefined },
  account: Parameters<typeof createAccount>[1],
): Promise<never> {
  if (id) {
    const { email } = await updateAccount(admin, id, account);
    await toastNext(`Updated ${email}.`);
  } else {
    const { email } = await createAccount(admin, account, like ? { like } : {});
    await toastNext(`Created ${email}.`);
  }
  revalidatePath(paths.emailAccounts);
  redirect(paths.emailAccounts);
}

/** The folders of the mailbox that stands in the form; `problem` says why there are none. Saves nothing. */
export async function listFolders(
  form: FormData,
): Promise<{ folders: string[]; problem: string | null }> {
  const found: string[] = [];
  const action = await adminAction(accountFormSchema, async (admin, input) => {
    const { intent: _, id, like: _like, allowPlain: _plain, tryAnyway: _try, ...account } = input;
    found.push(...(await foldersOfSettings(admin, account, id ? { id } : {})));
  })(idle, form);
  const problem =
    action.status === "invalid"
      ? (Object.values(action.fields)[0] ?? action.message)
      : action.status === "refused"
        ? action.message
        : null;
  return { folders: found, problem };
}

/** While typing: what is known about the address and the hosts so far. Saves nothing. */
export async function detect(form: FormData): Promise<FormDetection> {
  await requireAdmin();
  return detectForForm(form);
}

export const switchLookUps = adminAction(
  z.object({ isOn: z.enum(["yes", "no"]) }),
  async (admin, { isOn }) => {
    await setLookUps(admin, isOn === "yes");
    revalidatePath(paths.emailAccounts);
    return { toast: `Looking servers up is ${isOn === "yes" ? "on" : "off"}.` };
  },
);
