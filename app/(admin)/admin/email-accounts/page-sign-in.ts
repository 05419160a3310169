import "server-only";
import { toldBefore } from "@/app/oauth/told";
import type { AccountActor } from "@/lib/accounts/admin";
import { AppError } from "@/lib/errors";
import { listClients } from "@/lib/oauth/clients";
import { getPendingGrant, type PendingGrant } from "@/lib/oauth/grants";
import { isOwnTenant } from "@/lib/oauth/providers";
import type { SignInClients } from "./sign-in-offer";
import type { FormSignIn } from "./signed-in";

type Search = Record<string, string | string[] | undefined>;

/** What a sign-in at a provider has left for the form's page. */
export type PageSignIn = {
  clients: SignInClients;
  /** For the form: why the last sign-in came to nothing. */
  told: { cause: string; fix: string } | null;
  /** What stood in the form when the sign-in began; null when the page has no such. */
  typed: Record<string, string> | null;
  signIn: FormSignIn | null;
  /** Another form for each sign-in, so that nothing of the one before stays in its fields. */
  key: string;
};

/** Reads the sign-in that waits for this form (`grant`), or why there is none (`told`). */
export async function pageSignIn(admin: AccountActor, search: Search): Promise<PageSignIn> {
  const [clients, told, grant] = await Promise.all([
    listClients(),
    toldBefore(search.told),
    pendingGrant(admin, search.grant),
  ]);
  const isSetUp = (provider: string) =>
    clients.some((client) => client.provider === provider && client.source !== null);
  const tenant = clients.find(({ provider }) => provider === "MICROSOFT")?.tenant ?? "";
  const over = search.grant !== undefined && grant === null;
  return {
    clients: {
      ...{ MICROSOFT: isSetUp("MICROSOFT"), GOOGLE: isSetUp("GOOGLE") },
      hasOwnTenant: isOwnTenant(tenant),
    },
    told: told ?? (over ? { cause: "This sign-in is over.", fix: "Sign in again." } : null),
    typed: grant ? withGrant(grant) : whole(told?.form),
    signIn: grant && {
      ...{ provider: grant.provider, kind: grant.kind, signedInAs: grant.signedInAs },
      ...{ lost: null, isPending: true },
    },
    key: String(search.grant ?? search.told ?? ""),
  };
}

/** null when it is over, was saved already, or is another admin's. */
async function pendingGrant(
  admin: AccountActor,
  id: string | string[] | undefined,
): Promise<PendingGrant | null> {
  if (typeof id !== "string") return null;
  try {
    return await getPendingGrant(admin, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}

/** The form as it was, with the sign-in in it. */
function withGrant({ id, provider, form }: PendingGrant): Record<string, string> {
  return { ...form, provider, grantId: id };
}

function whole(form: Record<string, string> | undefined): Record<string, string> | null {
  return form && Object.keys(form).length > 0 ? form : null;
}
