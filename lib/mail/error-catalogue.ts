import { NETWORK, TLS } from "./connection-errors";
import { type Explanation, type Facts, has, otherSecurity } from "./error-facts";

const APP_PASSWORDS = "https://myaccount.google.com/apppasswords";
const SMTP_AUTH_MICROSOFT = "https://aka.ms/smtp_auth_disabled";
/** What to do while this version has no sign-in with Microsoft (MAIL.md §0.2); Help has the steps. */
const REDIRECT =
  "No password will work, and Mailroom has no Microsoft sign-in (OAuth) yet. Let Microsoft redirect " +
  "the mail to a mailbox that takes a password, and read that one.";
const isMicrosoft = (facts: Facts): boolean =>
  facts.provider === "microsoft" || facts.provider === "outlook";

const isAuth = (facts: Facts): boolean =>
  facts.refusedLogin ||
  facts.code === "EAUTH" ||
  facts.imapCode === "AUTHENTICATIONFAILED" ||
  facts.imapCode === "AUTHORIZATIONFAILED" ||
  (facts.protocol === "smtp" && (facts.smtpCode === 535 || facts.smtpCode === 534));

/** Which folder was looked for, when the error says so. */
function folderIn(detail: string): string {
  const name = /no folder "(.+)"/.exec(detail)?.[1];
  return name ? `: there is no folder “${name}”` : "";
}

/** Our own refusals and settings that cannot work, before anything a server says. */
const OWN: Explanation[] = [
  {
    when: (f) => f.code === "EPRIVATEHOST",
    say: (f) => ({
      kind: "config",
      cause: `${f.host} is a private, loopback or otherwise reserved address, and those are refused.`,
      fix:
        `If it is your own mail server, add ${f.host} or its range to EMAIL_ALLOWED_PRIVATE_HOSTS ` +
        "and restart. Link-local and metadata addresses are always refused.",
    }),
  },
  {
    when: (f) => f.code === "ESTARTTLS",
    say: (f) => ({
      kind: "config",
      cause: `${f.host} does not offer STARTTLS on port ${f.port}, so nothing was sent to it.`,
      fix: `${otherSecurity({ ...f, security: "starttls" })} The password never goes in the clear.`,
    }),
  },
  {
    when: (f) => f.code === "EINBOX",
    say: (f) => ({
      kind: "config",
      cause: `${f.username || "This user"} signed in, but there is no inbox to read${folderIn(f.detail)}.`,
      fix:
        "Usually the wrong user signed in, or the mailbox has no licence. Check the username and " +
        "the folder.",
    }),
  },
  {
    when: (f) => f.code === "ENOAUTH",
    say: (f) => ({
      kind: "config",
      cause: `${f.host} offers no sign-in on port ${f.port}.`,
      fix: `${otherSecurity(f)} Port 25 is often for mail between servers only.`,
    }),
  },
  {
    when: (f) => f.code === "EDEADLINE",
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} did not answer in time.`,
      fix: "It will be tried again. If this goes on, the server is overloaded or a firewall is in the way.",
    }),
  },
];

/** Refusals that look like a wrong password and are not. */
const NOT_THE_PASSWORD: Explanation[] = [
  {
    // RFC 5530 from Dovecot, and the words of Google and Zoho.
    when: (f) =>
      f.protocol === "imap" &&
      (f.imapCode === "CONTACTADMIN" || has(f, "not enabled for imap", "yet to enable imap")),
    say: (f) => ({
      kind: "config",
      cause: `IMAP is switched off for ${f.username || "this user"} on ${f.host}.`,
      fix:
        "Switch IMAP on in the mailbox's settings, or have whoever runs the server do it. The " +
        "password is not the trouble.",
    }),
  },
  {
    when: (f) => has(f, "user is authenticated but not connected"),
    say: () => ({
      kind: "transient",
      cause: "Microsoft accepted the sign-in but did not open the mailbox.",
      fix:
        "It will be tried again. If this goes on, the mailbox has no licence, or IMAP is disabled " +
        "for it.",
    }),
  },
  {
    when: (f) =>
      f.imapCode === "OVERQUOTA" ||
      has(
        f,
        "too many simultaneous connections",
        "maximum number of connections",
        "too many login",
      ) ||
      f.imapCode === "LIMIT",
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} allows no further connection to this mailbox at the moment.`,
      fix:
        "It will be tried again, more slowly. Other programs reading the same mailbox use up its " +
        "connections; close some.",
    }),
  },
  {
    when: (f) =>
      ["UNAVAILABLE", "INUSE", "SERVERBUG"].includes(f.imapCode) ||
      f.code === "ETHROTTLE" ||
      has(f, "temporary authentication failure", "thread limit exceeded") ||
      (f.smtpCode === 454 && isAuth(f)),
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} cannot check sign-ins right now. The password may well be right.`,
      fix: "Nothing to do: it will be tried again.",
    }),
  },
];

const GOOGLE: Explanation[] = [
  {
    when: (f) =>
      f.imapCode === "WEBALERT" || has(f, "webalert", "log in via your web browser", "5.7.14"),
    say: () => ({
      kind: "auth",
      cause: "Google wants someone to sign in with a browser first; this server may be new to it.",
      fix: "Sign in to the mailbox at mail.google.com, confirm it was you, then test again.",
      link: "https://accounts.google.com/DisplayUnlockCaptcha",
    }),
  },
  {
    when: (f) =>
      has(f, "application-specific password", "5.7.9 ") ||
      (f.provider === "google" && isAuth(f) && f.smtpCode === 534),
    say: () => ({
      kind: "auth",
      cause: "Google wants an App Password here, not the password of the mailbox.",
      fix: "Create an App Password and paste its 16 letters.",
      link: APP_PASSWORDS,
    }),
  },
  {
    when: (f) => f.provider === "google" && isAuth(f),
    say: () => ({
      kind: "auth",
      cause: "Google refused this password.",
      fix: "Turn on 2-Step Verification, create an App Password, paste its 16 letters.",
      link: APP_PASSWORDS,
    }),
  },
];

const MICROSOFT: Explanation[] = [
  {
    when: (f) => has(f, "5.7.139", "smtpclientauthentication is disabled"),
    say: () => ({
      kind: "auth",
      cause: "Authenticated SMTP is switched off for this mailbox or the whole organisation.",
      fix: "A Microsoft 365 admin must allow Authenticated SMTP for the mailbox, then test again.",
      link: SMTP_AUTH_MICROSOFT,
    }),
  },
  {
    when: (f) => has(f, "5.7.30", "basic authentication is not supported"),
    say: () => ({
      kind: "auth",
      cause: "Microsoft no longer accepts passwords for sending from this mailbox.",
      fix:
        "Mailroom has no Microsoft sign-in (OAuth) yet. Where an admin can still allow Authenticated " +
        "SMTP, allow it; otherwise send through another server that may send for this address.",
    }),
  },
  {
    when: (f) => has(f, "5.7.60", "sendasdenied", "5.2.252"),
    say: (f) => ({
      kind: "permanent",
      cause: "The server does not let this sign-in send from this address.",
      fix: `The account's address must be ${f.username || "the one that signs in"}, or be granted Send As.`,
    }),
  },
  {
    when: (f) => isMicrosoft(f) && isAuth(f) && f.protocol === "imap",
    say: () => ({
      kind: "auth",
      cause: "Microsoft does not accept passwords for IMAP; it switched them off in 2022.",
      fix: REDIRECT,
    }),
  },
  {
    when: (f) => isMicrosoft(f) && isAuth(f),
    say: () => ({
      kind: "auth",
      cause: "Microsoft refused this sign-in.",
      fix:
        "Check username and password. An admin must allow Authenticated SMTP for the mailbox; where " +
        "the organisation requires MFA, send through another server that may send for this address.",
      link: SMTP_AUTH_MICROSOFT,
    }),
  },
];

const SIGN_IN: Explanation[] = [
  {
    when: (f) => isAuth(f) && ["icloud", "yahoo", "aol", "fastmail"].includes(f.provider ?? ""),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refused this username or password.`,
      fix:
        "This provider wants an app password made for Mailroom, not the password of the mailbox." +
        (f.provider === "icloud" && f.protocol === "imap"
          ? " The IMAP username is the part before the @."
          : ""),
    }),
  },
  {
    when: (f) =>
      f.imapCode === "PRIVACYREQUIRED" || has(f, "must issue a starttls", "5.7.0 must issue"),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} takes no password without encryption.`,
      fix: otherSecurity({ ...f, security: "none" }),
    }),
  },
  {
    when: (f) =>
      has(f, "authenticate in order to send", "5.7.0 authentication required") ||
      f.smtpCode === 530,
    say: (f) => ({
      kind: "config",
      cause: `${f.host} wants a sign-in before it takes mail.`,
      fix: "Give an SMTP username and password.",
    }),
  },
  {
    when: isAuth,
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refused this username or password.`,
      fix:
        "Check both for typos. With two-factor sign-in most providers want an app password; some " +
        `want ${f.protocolName} switched on in the mailbox's settings first.`,
    }),
  },
];

const SENDING: Explanation[] = [
  {
    when: (f) =>
      f.smtpCode === 552 ||
      // The last is the library's own: the server has said its limit (RFC 1870), and was not asked.
      has(f, "5.3.4", "message size exceeds", "message too large", "size larger than allowed"),
    say: (f) => ({
      kind: "permanent",
      cause: `The mail is larger than ${f.host} takes.`,
      fix: "Send it again with smaller attachments, or a link to them.",
    }),
  },
  {
    when: (f) => f.smtpCode >= 400 && f.smtpCode < 500,
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} cannot take the mail right now.`,
      fix: "It will be tried again for two days.",
    }),
  },
  {
    when: (f) =>
      has(f, "5.1.1", "5.1.0", "user unknown", "no such user", "unknown user") && f.smtpCode >= 500,
    say: (f) => ({
      kind: "permanent",
      cause: `${f.host} says there is no such recipient.`,
      fix: "Check the recipient's address.",
    }),
  },
  {
    when: (f) => has(f, "relay access denied", "relaying denied", "not permitted to relay"),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} does not take mail for other domains from us.`,
      fix: "Give an SMTP username and password, or use the provider's server for outgoing mail.",
    }),
  },
  {
    when: (f) => f.smtpCode >= 500,
    say: (f) => ({
      kind: "permanent",
      cause: `${f.host} refused the mail.`,
      fix: "Read what the server said; sending it again unchanged will not help.",
    }),
  },
  {
    when: (f) => f.code === "EENVELOPE",
    say: () => ({
      kind: "permanent",
      cause: "The mail has no recipient that can be sent to.",
      fix: "Check the recipients' addresses.",
    }),
  },
];

const IMAP_REST: Explanation[] = [
  {
    when: (f) => f.imapCode === "NONEXISTENT" || has(f, "mailbox doesn't exist", "unknown mailbox"),
    say: (f) => ({
      kind: "config",
      cause: "The folder to read does not exist.",
      fix: `Check the folder's name and that ${f.username || "the right user"} signs in.`,
    }),
  },
];

/** Tried in order; the first that applies speaks. */
export const EXPLANATIONS: readonly Explanation[] = [
  ...OWN,
  ...NOT_THE_PASSWORD,
  ...GOOGLE,
  ...MICROSOFT,
  ...SIGN_IN,
  ...TLS,
  ...NETWORK,
  ...SENDING,
  ...IMAP_REST,
];
