import { type Explanation, type Facts, has, isSignIn } from "./error-facts";

const SMTP_AUTH = "https://aka.ms/smtp_auth_disabled";
const isMicrosoft = (facts: Facts): boolean =>
  facts.provider === "microsoft" || facts.provider === "outlook";
const who = (facts: Facts): string => facts.username || "this mailbox";

/** Refusals of a sign-in by token: the provider has just given the token, so that is seldom it. */
export const BY_TOKEN: Explanation[] = [
  {
    // Exchange ends a session, or refuses one, when the token is over.
    when: (f) => f.isByToken && has(f, "accesstokenexpired", "access token has expired"),
    say: (f) => ({
      kind: isSignIn(f) ? "auth" : "transient",
      cause: `${f.host} takes the token no more: it is over.`,
      fix: "Nothing to do: Mailroom gets the next one and goes on.",
    }),
  },
  {
    when: (f) => f.isByToken && has(f, "smtpclientauthentication is disabled"),
    say: (f) => ({
      kind: "auth",
      cause: `Authenticated SMTP is switched off for ${who(f)} or the whole organisation; that goes for sign-ins with Microsoft too.`,
      fix: "A Microsoft 365 admin must allow Authenticated SMTP for the mailbox, then test again.",
      link: SMTP_AUTH,
    }),
  },
  {
    when: (f) => f.isByToken && has(f, "did not meet the criteria to be authenticated"),
    say: () => ({
      kind: "auth",
      cause: "A rule of the Microsoft 365 organisation refuses this sign-in.",
      fix: "An admin must exempt the mailbox or Mailroom's app from conditional access.",
      link: SMTP_AUTH,
    }),
  },
  {
    when: (f) => f.isByToken && isSignIn(f) && isMicrosoft(f) && f.protocol === "imap",
    say: (f) => ({
      kind: "auth",
      cause: `Microsoft gave a token, but does not open the mailbox of ${who(f)} with it.`,
      fix:
        "IMAP may be off for the mailbox (Set-CASMailbox -ImapEnabled $true), or whoever signed in may " +
        "not open it. An app that signs in by itself needs New-ServicePrincipal and " +
        "Add-MailboxPermission in Exchange, which take up to an hour.",
    }),
  },
  {
    when: (f) => f.isByToken && isSignIn(f) && isMicrosoft(f),
    say: (f) => ({
      kind: "auth",
      cause: `Microsoft gave a token, but does not let it send as ${who(f)}.`,
      fix:
        "An admin must allow Authenticated SMTP for the mailbox, and whoever signed in needs Send As " +
        "for a shared one. An app that signs in by itself needs SMTP.SendAsApp.",
      link: SMTP_AUTH,
    }),
  },
  {
    when: (f) => f.isByToken && isSignIn(f) && f.provider === "google",
    say: (f) => ({
      kind: "auth",
      cause: `Google gave a token, but does not open the mailbox of ${who(f)} with it.`,
      fix:
        "Whoever signed in must own this mailbox. In Google Workspace an administrator can switch IMAP " +
        "off, or allow only some apps.",
    }),
  },
  {
    when: (f) => f.isByToken && isSignIn(f),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} does not take the token for ${who(f)}.`,
      fix: "Whoever signed in may not open this mailbox, or consent was withdrawn: press Reconnect.",
    }),
  },
  {
    when: (f) => f.isByToken && (f.smtpCode === 504 || has(f, "unrecognized authentication type")),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} takes no sign-in by token on port ${f.port}.`,
      fix: "Check that it is the provider's own server, and its usual port.",
    }),
  },
];
