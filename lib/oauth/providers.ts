import { env } from "../env";

/** The providers of mail one can sign in with; as EmailAccount.provider has them. */
export type OAuthProvider = "GOOGLE" | "MICROSOFT";

export const OAUTH_PROVIDERS = ["MICROSOFT", "GOOGLE"] as const satisfies OAuthProvider[];

/** What people call them. */
export const PROVIDER_NAMES: Record<OAuthProvider, string> = {
  GOOGLE: "Google",
  MICROSOFT: "Microsoft",
};

/** Where a provider is asked for a code, and for tokens. */
export type Endpoints = { authorize: string; token: string };

/** Accounts of any organisation, and personal ones. */
const ANY_TENANT = "common";

/** The tenant to ask: the one that is set up, or any. */
export function tenantOf(provider: OAuthProvider, configured: string): string {
  return provider === "MICROSOFT" ? configured || ANY_TENANT : "";
}

/** Whether a tenant is one organisation's own: only there an app may sign in by itself. */
export function isOwnTenant(tenant: string): boolean {
  return !["", ANY_TENANT, "organizations", "consumers"].includes(tenant.toLowerCase());
}

/**
 * The provider's addresses, as the environment has them: MICROSOFT_AUTHORITY for national clouds,
 * GOOGLE_AUTHORITY and GOOGLE_OAUTH_API for tests.
 */
export function endpointsOf(provider: OAuthProvider, tenant: string): Endpoints {
  const { MICROSOFT_AUTHORITY, GOOGLE_AUTHORITY, GOOGLE_OAUTH_API } = env();
  if (provider === "MICROSOFT") {
    const base = `${MICROSOFT_AUTHORITY}/${tenantOf(provider, tenant)}/oauth2/v2.0`;
    return { authorize: `${base}/authorize`, token: `${base}/token` };
  }
  return {
    authorize: `${GOOGLE_AUTHORITY}/o/oauth2/v2/auth`,
    token: `${GOOGLE_OAUTH_API}/token`,
  };
}

/**
 * The rights to the mailbox that somebody is asked for. Microsoft wants the whole address of its mail
 * service, and takes rights to no other service in the same request; Google has one right for both
 * protocols.
 */
export function mailScopesOf(provider: OAuthProvider): string[] {
  if (provider === "GOOGLE") return ["https://mail.google.com/"];
  const outlook = env().MICROSOFT_OUTLOOK || "https://outlook.office.com";
  return [`${outlook}/IMAP.AccessAsUser.All`, `${outlook}/SMTP.Send`];
}

/** All that is asked for: the rights to the mailbox, to stay, and to know who signed in. */
export function scopesOf(provider: OAuthProvider): string[] {
  return provider === "GOOGLE"
    ? ["openid", "email", ...mailScopesOf(provider)]
    : ["openid", "profile", "email", "offline_access", ...mailScopesOf(provider)];
}

/** What an app asks for that signs in by itself: all rights an administrator has given it. */
export function appScope(): string {
  return `${env().MICROSOFT_OUTLOOK || "https://outlook.office365.com"}/.default`;
}

/** The rights an administrator gives to such an app, in Office 365 Exchange Online. */
export const APP_PERMISSIONS = ["IMAP.AccessAsApp", "SMTP.SendAsApp"] as const;

/** Where the provider sends the browser back to; it has to be registered there, letter by letter. */
export function redirectUri(): string {
  return `${env().APP_URL}/api/oauth/callback`;
}

/** What makes the provider hand out a refresh token, and let people choose who they are. */
export function extraParameters(provider: OAuthProvider): Record<string, string> {
  return provider === "GOOGLE"
    ? { access_type: "offline", prompt: "consent" }
    : { response_mode: "query", prompt: "select_account" };
}

/**
 * Which of the rights to the mailbox were not given: people can untick them. Providers may answer
 * with the last part of a right's name only, in letters of any case.
 */
export function missingScopes(provider: OAuthProvider, granted: string): string[] {
  const given = new Set(granted.toLowerCase().split(/\s+/));
  return mailScopesOf(provider).filter((scope) => {
    const full = scope.toLowerCase();
    const last = full.split("/").at(-1) ?? "";
    return !given.has(full) && !(last !== "" && given.has(last));
  });
}
