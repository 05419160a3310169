import type { OAuthProvider } from "@/lib/oauth/providers";

/** The form's buttons that are about how the account signs in, beside those that save and test. */
export const SIGN_IN_INTENTS = [
  "sign-in-microsoft",
  "sign-in-google",
  "app-access",
  "use-password",
] as const;
export type SignInIntent = (typeof SIGN_IN_INTENTS)[number];

/** What the button that leads to a provider sends. */
export const SIGN_IN_AT: Record<OAuthProvider, SignInIntent> = {
  MICROSOFT: "sign-in-microsoft",
  GOOGLE: "sign-in-google",
};

/** The pressed button, when it is one of these. */
export function signInIntent(pressed: FormDataEntryValue | null): SignInIntent | null {
  return SIGN_IN_INTENTS.find((known) => known === pressed) ?? null;
}

/** How an account signs in, as the form says it. */
export type SignInProvider = "SMTP" | OAuthProvider;

/** The provider that stands in a form's values. */
export function providerIn(values: Record<string, string>): SignInProvider {
  const { provider } = values;
  return provider === "MICROSOFT" || provider === "GOOGLE" ? provider : "SMTP";
}

/** Where one signs in for mail of a known provider; null where passwords are the only way. */
export function signInFor(providerId: string | undefined): OAuthProvider | null {
  if (providerId === "microsoft" || providerId === "outlook") return "MICROSOFT";
  return providerId === "google" ? "GOOGLE" : null;
}

/** Their names, in words of the page; those of lib/oauth come with its environment. */
export const SIGN_IN_NAMES: Record<OAuthProvider, string> = {
  MICROSOFT: "Microsoft",
  GOOGLE: "Google",
};
