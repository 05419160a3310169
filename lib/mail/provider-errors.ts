import { type Explanation, type Facts, has, isSignIn } from "./error-facts";

const APP_PASSWORDS = "https://myaccount.google.com/apppasswords";
const SMTP_AUTH_MICROSOFT = "https://aka.ms/smtp_auth_disabled";
const SIGN_IN_THERE =
  "No password will work. Edit the account, choose Sign in with Microsoft (OAuth) and sign in as whoever " +
  "may read this mailbox.";
const isMicrosoft = (facts: Facts): boolean =>
  facts.provider === "microsoft" || facts.provider === "outlook";

export const GOOGLE: Explanation[] = [
  {
    // In these words it is Google's, whatever name its server has here.
    when: (f) =>
      f.imapCode === "OVERQUOTA" &&
      (f.provider === "google" || has(f, "command or bandwidth limits")),
    say: () => ({
      kind: "transient",
      cause: "Google has locked this mailbox for a while: too much was read from it.",
      fix:
        "It will be tried again, and opens within a day. Other programs reading the same mailbox " +
        "count too.",
    }),
  },
  {
    when: (f) => has(f, "5.4.5", "daily user sending limit", "daily sending quota"),
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} sends no more mail of this account today.`,
      fix: "It will be tried again for two days. The limit is the provider's.",
    }),
  },
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
      (f.provider === "google" && isSignIn(f) && f.smtpCode === 534),
    say: () => ({
      kind: "auth",
      cause: "Google wants an App Password here, not the password of the mailbox.",
      fix: "Create an App Password and paste its 16 letters.",
      link: APP_PASSWORDS,
    }),
  },
  {
    when: (f) => f.provider === "google" && isSignIn(f),
    say: () => ({
      kind: "auth",
      cause: "Google refused this password.",
      fix: "Turn on 2-Step Verification, create an App Password, paste its 16 letters.",
      link: APP_PASSWORDS,
    }),
  },
];

export const MICROSOFT: Explanation[] = [
  {
    when: (f) => has(f, "smtpclientauthentication is disabled"),
    say: () => ({
      kind: "auth",
      cause: "Authenticated SMTP is switched off for this mailbox or the whole organisation.",
      fix: "A Microsoft 365 admin must allow Authenticated SMTP for the mailbox, then test again.",
      link: SMTP_AUTH_MICROSOFT,
    }),
  },
  {
    // 535 5.7.139 of security defaults and of conditional access.
    when: (f) => has(f, "did not meet the criteria to be authenticated"),
    say: () => ({
      kind: "auth",
      cause: "A rule of the Microsoft 365 organisation refuses this sign-in.",
      fix:
        "An admin must exempt the mailbox from security defaults or conditional access, and allow " +
        "Authenticated SMTP for it.",
      link: SMTP_AUTH_MICROSOFT,
    }),
  },
  {
    when: (f) =>
      has(f, "5.7.30", "basic authentication is not supported", "basic authentication is disabled"),
    say: () => ({
      kind: "auth",
      cause: "Microsoft no longer accepts passwords for sending from this mailbox.",
      fix:
        "Edit the account and choose Sign in with Microsoft (OAuth). Authenticated SMTP has to be " +
        "allowed for the mailbox as before.",
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
    when: (f) => isMicrosoft(f) && isSignIn(f) && f.protocol === "imap",
    say: () => ({
      kind: "auth",
      cause: "Microsoft does not accept passwords for IMAP; it switched them off in 2022.",
      fix: SIGN_IN_THERE,
    }),
  },
  {
    when: (f) => isMicrosoft(f) && isSignIn(f),
    say: () => ({
      kind: "auth",
      cause: "Microsoft refused this sign-in.",
      fix:
        "Check username and password. An admin must allow Authenticated SMTP for the mailbox; where " +
        "the organisation requires MFA, edit the account and choose Sign in with Microsoft.",
      link: SMTP_AUTH_MICROSOFT,
    }),
  },
];

/** Words of providers that say more than that a sign-in was refused. */
export const OTHER_PROVIDERS: Explanation[] = [
  {
    // Mail.ru, in Russian and English.
    when: (f) => has(f, "neobhodim parol prilozheniya", "application password is required"),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} wants a password made for programs, not the password of the mailbox.`,
      fix: "Make one in the mailbox's security settings and paste it here.",
    }),
  },
  {
    // Yandex answers both with the same words.
    when: (f) => has(f, "or imap is disabled", "does not have access rights to this service"),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refused this username or password, or has ${f.protocolName} switched off.`,
      fix: "Switch on mail programs in the mailbox's settings, and use an app password made for mail.",
    }),
  },
  {
    when: (f) => has(f, "service is not open", "login frequency limited", "unsafe login"),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refuses this sign-in: the service is off, the password wrong, or it does not trust this server.`,
      fix:
        "Switch IMAP and SMTP on in the web mail, and use the authorisation code it shows as the " +
        "password.",
    }),
  },
  {
    when: (f) => has(f, "too many bad auth attempts", "too many failed login", "account is locked"),
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} takes no sign-in of this account for a while, after too many wrong ones.`,
      fix: "Wait an hour, then test again with the right password.",
    }),
  },
];
