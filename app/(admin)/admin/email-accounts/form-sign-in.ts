import "server-only";
import { redirect } from "next/navigation";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { idle } from "@/app/action-state";
import { requireAdmin } from "@/app/auth";
import { limitSignIns } from "@/app/oauth/limit";
import { paths } from "@/app/paths";
import { env } from "@/lib/env";
import { detectByHost } from "@/lib/mail/providers";
import { grantAppAccess } from "@/lib/oauth/app-access";
import type { OAuthProvider } from "@/lib/oauth/providers";
import { beginSignIn } from "@/lib/oauth/sign-in";
import { detectForForm, textValues } from "./form-detection";
import { type AccountFormState, untouched } from "./form-state";
import { type SignInIntent, signInFor } from "./sign-in-intents";

/** All a sign-in needs of the form; the rest comes back as it was typed. */
const schema = z.object({
  email: z
    .string()
    .trim()
    .max(254)
    .regex(/^[^@\s]+@[^@\s]+$/, "Enter the address first: the sign-in is for its mailbox."),
  id: z.string().max(100).optional(),
});

/** The buttons about how the account signs in: to a provider, by the app itself, or by password. */
export async function submitSignIn(
  intent: SignInIntent,
  form: FormData,
): Promise<AccountFormState> {
  if (intent === "use-password") return backToPassword(form);
  let leaveFor: string | null = null;
  const provider = intent === "sign-in-google" ? "GOOGLE" : "MICROSOFT";
  const kept = withoutForeignServers(textValues(form), provider);
  const action = await adminAction(schema, async (admin, { email, id }) => {
    await limitSignIns(admin);
    const accountId = id || null;
    if (intent === "app-access") {
      const { grantId } = await grantAppAccess(admin, kept);
      redirect(paths.accountForm(accountId, { grant: grantId }));
    }
    const about = accountId === null ? {} : { accountId };
    leaveFor = (await beginSignIn(admin, { provider, email, form: kept, ...about })).url;
  })(idle, form);
  const detection = await detectForForm(form);
  return { ...untouched, action, detection, values: textValues(form), leaveFor };
}

/** What was signed in to is left alone until the form is saved; then the account forgets it. */
async function backToPassword(form: FormData): Promise<AccountFormState> {
  await requireAdmin();
  const values = { ...textValues(form), provider: "SMTP", grantId: "" };
  return { ...untouched, detection: await detectForForm(form), values };
}

const SERVER_FIELDS = {
  smtp: ["smtpHost", "smtpPort", "smtpSecurity"],
  imap: ["imapHost", "imapPort", "imapSecurity"],
} as const;

/**
 * A token goes to its provider's servers only. Others that were typed or found for a password give
 * way to them.
 */
function withoutForeignServers(
  values: Record<string, string>,
  provider: OAuthProvider,
): Record<string, string> {
  const kept = { ...values };
  for (const fields of Object.values(SERVER_FIELDS)) {
    const host = (values[fields[0]] ?? "").trim().toLowerCase();
    const isTheirs = signInFor(detectByHost(host)?.id) === provider;
    if (host === "" || isTheirs || env().OAUTH_MAIL_HOSTS.includes(host)) continue;
    for (const name of fields) delete kept[name];
  }
  return kept;
}
