import { type Explanation, has } from "./error-facts";

/** What servers say to a mail. */
export const SENDING: Explanation[] = [
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
    // Amazon SES.
    when: (f) => has(f, "email address is not verified"),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} does not know this address as yours.`,
      fix: "Verify the address or its domain at the provider. It will be tried again for two days.",
    }),
  },
  {
    // Postfix (reject_sender_login_mismatch), and others in like words.
    when: (f) => f.smtpCode >= 500 && has(f, "not owned by user", "not allowed to send as"),
    say: (f) => ({
      kind: "permanent",
      cause: "The server does not let this sign-in send from this address.",
      fix: `The account's address must be ${f.username || "the one that signs in"}, or be allowed for it.`,
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
    when: (f) =>
      has(
        f,
        "relay access denied",
        "relaying denied",
        "not permitted to relay",
        "unable to relay",
        "list of allowed rcpthosts",
      ),
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
