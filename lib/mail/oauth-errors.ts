/** What a provider of sign-ins answered, or that it did not. */
export type OAuthTrouble = {
  provider: "GOOGLE" | "MICROSOFT";
  /** person: somebody's consent; app: our app by itself. */
  kind: "person" | "app";
  /** The code of RFC 6749 §5.2, such as invalid_grant; "" when there was none. */
  error: string;
  /** The provider's own words. */
  description: string;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  /** Code of Node or of our transport when there was no answer, upper case. */
  code: string;
};

/**
 * What it means. `auth`: somebody has to sign in again; `config`: an admin has to change something;
 * `transient`: trying again may help.
 */
export type ExplainedTrouble = {
  kind: "auth" | "config" | "transient";
  code: OAuthErrorCode;
  cause: string;
  fix: string;
};

/** EOAUTHLOST: consent is gone; EOAUTHCLIENT: our app is refused; EOAUTHSETUP: it is set up wrongly;
 * EOAUTHDENIED: somebody said no; EOAUTHDOWN: no useful answer. */
export type OAuthErrorCode =
  | "EOAUTHLOST"
  | "EOAUTHCLIENT"
  | "EOAUTHSETUP"
  | "EOAUTHDENIED"
  | "EOAUTHDOWN";

type Facts = OAuthTrouble & {
  name: string;
  /** Error and description, lower case. */
  words: string;
  /** Microsoft's number, such as 7000222; "" when none. */
  aadsts: string;
};

type Entry = { when: (facts: Facts) => boolean; say: (facts: Facts) => ExplainedTrouble };

const AGAIN = "Press Reconnect and sign in again. Mail waits on the server until then.";
const SETTINGS = "under Admin Portal → Settings → Sign-in for mail, or in the environment";

const lost = (cause: string, fix = AGAIN): ExplainedTrouble => ({
  ...{ kind: "auth", code: "EOAUTHLOST" },
  ...{ cause, fix },
});
const client = (cause: string, fix: string): ExplainedTrouble => ({
  ...{ kind: "config", code: "EOAUTHCLIENT" },
  ...{ cause, fix },
});
const setup = (cause: string, fix: string): ExplainedTrouble => ({
  ...{ kind: "config", code: "EOAUTHSETUP" },
  ...{ cause, fix },
});
const down = (cause: string): ExplainedTrouble => ({
  ...{ kind: "transient", code: "EOAUTHDOWN" },
  ...{ cause, fix: "It will be tried again. Nothing is lost meanwhile." },
});

const is = (facts: Facts, ...numbers: string[]) => numbers.includes(facts.aadsts);
const says = (facts: Facts, ...needles: string[]) =>
  needles.some((needle) => facts.words.includes(needle));

/** No answer, or one that has to do with the provider's own trouble. */
const NO_ANSWER: Entry[] = [
  {
    when: (f) => f.code === "EPRIVATEHOST",
    say: (f) =>
      setup(
        `The address of ${f.name}'s sign-in is a private or reserved one, and those are refused.`,
        "If that is meant, add it to EMAIL_ALLOWED_PRIVATE_HOSTS and restart.",
      ),
  },
  {
    when: (f) => f.status === 0 && /CERT|SIGNATURE|ISSUER|ALTNAME/.test(f.code),
    say: (f) =>
      setup(
        `The certificate of ${f.name}'s sign-in is not to be trusted (${f.code}).`,
        "Something between this server and the provider may read along: ask who runs the network.",
      ),
  },
  {
    when: (f) => f.status === 0,
    say: (f) => down(`${f.name}'s sign-in can't be reached (${f.code || "no answer"}).`),
  },
  {
    when: (f) => f.status === 429 || f.error === "slow_down",
    say: (f) => down(`${f.name} wants to be asked less often.`),
  },
  {
    when: (f) => f.status >= 500 || ["temporarily_unavailable", "server_error"].includes(f.error),
    say: (f) => down(`${f.name}'s sign-in has trouble of its own (${f.error || f.status}).`),
  },
];

/** Our app: its secret, its id, what it was set up for. */
const CLIENT: Entry[] = [
  {
    when: (f) => is(f, "7000222"),
    say: () =>
      client(
        "The client secret of Mailroom's app at Microsoft has expired.",
        `Make a new one in Microsoft Entra under Certificates & secrets, and enter it ${SETTINGS}. No account has to sign in again.`,
      ),
  },
  {
    when: (f) => is(f, "7000215", "7000216", "7000218"),
    say: () =>
      client(
        "Microsoft does not accept the client secret of Mailroom's app.",
        `Enter the secret's value, not its id, ${SETTINGS}.`,
      ),
  },
  {
    when: (f) => is(f, "700016", "7000013"),
    say: () =>
      client(
        "Microsoft does not know Mailroom's app in this tenant.",
        `Check the client id and the tenant ${SETTINGS}.`,
      ),
  },
  {
    when: (f) => is(f, "90002", "900023"),
    say: () => setup("Microsoft knows no such tenant.", `Check the tenant ${SETTINGS}.`),
  },
  {
    when: (f) => is(f, "50194"),
    say: () =>
      setup(
        "Mailroom's app is registered for one organisation only, and was asked for under “common”.",
        `Enter that organisation's tenant id ${SETTINGS}.`,
      ),
  },
  {
    when: (f) => is(f, "50011") || says(f, "redirect_uri_mismatch"),
    say: (f) =>
      setup(
        `${f.name} refuses to send people back: our redirect URI is not registered there.`,
        "Copy the redirect URI from Admin Portal → Settings → Sign-in for mail to the app's registration, letter by letter.",
      ),
  },
  {
    when: (f) => says(f, "unauthorized_client") && f.kind === "app",
    say: () =>
      client(
        "Mailroom's app may not sign in by itself.",
        "Give it the application permissions IMAP.AccessAsApp and SMTP.SendAsApp, and let an administrator consent to them.",
      ),
  },
  {
    when: (f) => ["invalid_client", "unauthorized_client", "deleted_client"].includes(f.error),
    say: (f) =>
      client(
        `${f.name} refuses Mailroom's app: its id or secret is wrong, has expired, or was deleted.`,
        `Check client id and secret ${SETTINGS}. No account has to sign in again, unless the id changes.`,
      ),
  },
  {
    when: (f) =>
      ["invalid_scope", "invalid_resource", "invalid_target"].includes(f.error) ||
      is(f, "70011", "500011", "650053"),
    say: (f) =>
      setup(
        `${f.name} does not give the rights that were asked for.`,
        f.provider === "MICROSOFT"
          ? "Add the permissions for IMAP and SMTP to the app's registration; a national cloud needs MICROSOFT_OUTLOOK as well."
          : "Add the scope https://mail.google.com/ to the app's consent screen, and enable the Gmail API.",
      ),
  },
];

/** Consent that was there and is not any more. */
const LOST: Entry[] = [
  {
    when: (f) => is(f, "700082", "70043"),
    say: () => lost("Nobody used this sign-in for so long that Microsoft ended it."),
  },
  {
    when: (f) => is(f, "50173", "70008", "50089"),
    say: () => lost("Microsoft ended this sign-in: a password was changed, or an admin ended it."),
  },
  {
    when: (f) => is(f, "65001") || f.error === "consent_required",
    say: (f) => lost(`Consent for Mailroom was withdrawn at ${f.name}.`),
  },
  {
    when: (f) => is(f, "50076", "50079", "50074", "50158"),
    say: () => lost("Microsoft wants a second factor again."),
  },
  {
    when: (f) => is(f, "53003", "53000", "53001", "530003"),
    say: () =>
      lost(
        "A conditional access rule of the organisation refuses this sign-in.",
        "An administrator must exempt Mailroom's app or the mailbox from it; then press Reconnect.",
      ),
  },
  {
    when: (f) => is(f, "50057", "50034", "500341"),
    say: () =>
      lost(
        "The user who signed in has been deactivated or deleted at Microsoft.",
        "Press Reconnect and sign in as somebody who may read this mailbox.",
      ),
  },
  {
    when: (f) => f.error === "invalid_grant" && f.provider === "GOOGLE",
    say: () =>
      lost(
        "Google ended this sign-in: consent was withdrawn, the password changed, or it was not used for six months.",
        "Press Reconnect and sign in again. If this happens every seven days, the app is in Google's Testing mode: publish it.",
      ),
  },
  {
    when: (f) => ["invalid_grant", "interaction_required", "login_required"].includes(f.error),
    say: (f) => lost(`${f.name} ended this sign-in, or consent was withdrawn.`),
  },
];

/** What comes back with the browser instead of a code. */
const DENIED: Entry[] = [
  {
    when: (f) => is(f, "90094", "90095") || says(f, "admin_policy_enforced", "org_internal"),
    say: (f) => ({
      ...{ kind: "config", code: "EOAUTHDENIED" },
      cause: `The organisation lets only an administrator consent to Mailroom's app at ${f.name}.`,
      fix: "Ask an administrator to approve the app, then sign in again.",
    }),
  },
  {
    when: (f) => f.error === "access_denied" || is(f, "65004"),
    say: (f) => ({
      ...{ kind: "config", code: "EOAUTHDENIED" },
      cause: `Consent was not given at ${f.name}.`,
      fix: "Sign in again and agree to what Mailroom asks for; it needs all of it to read and send mail.",
    }),
  },
];

const ENTRIES = [...NO_ANSWER, ...CLIENT, ...LOST, ...DENIED];

/** Turns a provider's refusal or silence into kind, cause and fix. Never throws, holds no secret. */
export function explainOAuthTrouble(trouble: OAuthTrouble): ExplainedTrouble {
  const facts: Facts = {
    ...trouble,
    name: trouble.provider === "GOOGLE" ? "Google" : "Microsoft",
    words: `${trouble.error} ${trouble.description}`.slice(0, 4_000).toLowerCase(),
    aadsts: /AADSTS(\d{3,8})/.exec(trouble.description)?.[1] ?? "",
  };
  const entry = ENTRIES.find(({ when }) => when(facts));
  if (entry) return entry.say(facts);
  const said = facts.error ? `: ${facts.error.replace(/[^a-z_]/gi, "").slice(0, 60)}` : "";
  return trouble.status >= 400
    ? setup(
        `${facts.name} refused the sign-in (${trouble.status}${said}).`,
        `Check Mailroom's app at the provider and what is entered ${SETTINGS}.`,
      )
    : down(`${facts.name} gave an answer that means nothing.`);
}
