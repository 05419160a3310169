import { NETWORK, TLS } from "./connection-errors";
import { type Explanation, has, isSignIn, otherSecurity } from "./error-facts";
import { GOOGLE, MICROSOFT, OTHER_PROVIDERS } from "./provider-errors";
import { SENDING } from "./sending-errors";
import { BY_TOKEN } from "./token-errors";

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
      (f.imapCode === "CONTACTADMIN" ||
        has(f, "not enabled for imap", "yet to enable imap", "imap access is disabled")),
    say: (f) => ({
      kind: "config",
      cause: `IMAP is switched off for ${f.username || "this user"} on ${f.host}.`,
      fix:
        "Switch IMAP on in the mailbox's settings, or have whoever runs the server do it. The " +
        "sign-in is not the trouble.",
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
      has(
        f,
        "too many simultaneous connections",
        "maximum number of connections",
        "too many login",
        "thread limit exceeded",
      ) || f.imapCode === "LIMIT",
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
      has(
        f,
        "temporary authentication failure",
        "temporary problem",
        "server unavailable",
        "request is throttled",
      ) ||
      (f.smtpCode >= 400 && f.smtpCode < 500 && isSignIn(f)),
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} cannot check sign-ins right now.${f.isByToken ? "" : " The password may well be right."}`,
      fix: "Nothing to do: it will be tried again.",
    }),
  },
];

const SIGN_IN: Explanation[] = [
  {
    // hMailServer says so itself; others only refuse.
    when: (f) => isSignIn(f) && has(f, "full email address"),
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refused this username or password.`,
      fix: "It wants the whole email address as the username.",
    }),
  },
  {
    when: (f) => isSignIn(f) && ["icloud", "yahoo", "aol", "fastmail"].includes(f.provider ?? ""),
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
      f.imapCode === "PRIVACYREQUIRED" ||
      has(
        f,
        "must issue a starttls",
        "only available under a layer",
        "cleartext logins disabled",
        "cleartext authentication disallowed",
        "ssl required",
      ),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} takes no password without encryption.`,
      fix: otherSecurity({ ...f, security: "none" }),
    }),
  },
  {
    // RFC 4954 §4 and Exchange: another kind of sign-in, or none before TLS.
    when: (f) => f.smtpCode === 504 || has(f, "unrecognized authentication type"),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} takes no sign-in by password on port ${f.port}.`,
      fix: otherSecurity(f),
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
    when: isSignIn,
    say: (f) => ({
      kind: "auth",
      cause: `${f.host} refused this username or password.`,
      fix:
        "Check both for typos. With two-factor sign-in most providers want an app password; some " +
        `want ${f.protocolName} switched on in the mailbox's settings first.`,
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
  ...BY_TOKEN,
  ...GOOGLE,
  ...MICROSOFT,
  ...OTHER_PROVIDERS,
  ...SIGN_IN,
  ...TLS,
  ...NETWORK,
  ...SENDING,
  ...IMAP_REST,
];
