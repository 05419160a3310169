import { describe, expect, test } from "vitest";
import { explainMailError, type MailErrorPlace } from "./explain-error";

const place = (host: string, protocol: "imap" | "smtp" = "imap"): MailErrorPlace => ({
  protocol,
  host,
  port: protocol === "imap" ? 993 : 587,
  security: protocol === "imap" ? "tls" : "starttls",
  username: "support@example.com",
});
const own = place("mail.example.com");
const ownSmtp = place("mail.example.com", "smtp");
const failure = (fields: Record<string, unknown>, message = "Command failed") =>
  Object.assign(new Error(message), fields);

type Case = [
  string,
  unknown,
  MailErrorPlace,
  "auth" | "transient" | "permanent" | "config",
  RegExp,
];

const SIGN_IN: Case[] = [
  [
    "a wrong password",
    failure({
      authenticationFailed: true,
      serverResponseCode: "AUTHENTICATIONFAILED",
      responseText: "Authentication failed.",
    }),
    own,
    "auth",
    /refused this username or password/,
  ],
  [
    "a connection limit that calls itself a failed login",
    failure({
      authenticationFailed: true,
      serverResponseCode: "LIMIT",
      responseText: "Maximum number of connections from user+IP exceeded",
    }),
    own,
    "transient",
    /no further connection/,
  ],
  [
    "a server that cannot check logins now",
    failure({ authenticationFailed: true, serverResponseCode: "UNAVAILABLE" }),
    own,
    "transient",
    /cannot check sign-ins/,
  ],
  [
    "a server that has IMAP switched off for this user",
    failure({
      authenticationFailed: true,
      serverResponseCode: "CONTACTADMIN",
      responseText: "Login disabled for this user",
    }),
    own,
    "config",
    /IMAP is switched off for support@example\.com.*not the trouble/,
  ],
  [
    "Google with IMAP switched off",
    failure({
      authenticationFailed: true,
      serverResponseCode: "ALERT",
      responseText: "Your account is not enabled for IMAP use. Please visit your Gmail settings",
    }),
    place("imap.gmail.com"),
    "config",
    /IMAP is switched off.*mailbox's settings/,
  ],
  [
    "Google refusing a password over IMAP",
    failure({
      authenticationFailed: true,
      serverResponseCode: "AUTHENTICATIONFAILED",
      responseText: "Invalid credentials (Failure)",
    }),
    place("imap.gmail.com"),
    "auth",
    /Google refused this password.*App Password/,
  ],
  [
    "Google refusing a password over SMTP",
    failure({
      code: "EAUTH",
      responseCode: 535,
      response: "535-5.7.8 Username and Password not accepted.",
    }),
    place("smtp.gmail.com", "smtp"),
    "auth",
    /16 letters/,
  ],
  [
    "Google wanting an app password",
    failure({
      authenticationFailed: true,
      serverResponseCode: "ALERT",
      responseText: "Application-specific password required: https://support.google.com/x",
    }),
    place("imap.gmail.com"),
    "auth",
    /wants an App Password/,
  ],
  [
    "Google wanting a browser",
    failure({ authenticationFailed: true, responseText: "Please log in via your web browser" }),
    place("imap.gmail.com"),
    "auth",
    /browser/,
  ],
  [
    "Microsoft refusing passwords for IMAP",
    failure({ authenticationFailed: true, responseText: "LOGIN failed." }),
    place("outlook.office365.com"),
    "auth",
    /Microsoft does not accept passwords for IMAP.*OAuth/,
  ],
  [
    "Microsoft with Authenticated SMTP switched off",
    failure({
      code: "EAUTH",
      responseCode: 535,
      response: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
    }),
    place("smtp.office365.com", "smtp"),
    "auth",
    /Authenticated SMTP/,
  ],
  [
    "Microsoft without basic authentication",
    failure({
      code: "EAUTH",
      responseCode: 550,
      response: "550 5.7.30 Basic authentication is not supported for Client Submission",
    }),
    place("smtp.office365.com", "smtp"),
    "auth",
    /OAuth/,
  ],
  [
    "Microsoft's mailbox that does not open",
    failure({ responseText: "User is authenticated but not connected." }),
    place("outlook.office365.com"),
    "transient",
    /licence/,
  ],
  [
    "iCloud refusing the address as IMAP user",
    failure({ authenticationFailed: true, serverResponseCode: "AUTHENTICATIONFAILED" }),
    place("imap.mail.me.com"),
    "auth",
    /part before the @/,
  ],
  ["no sign-in offered", failure({ code: "ENOAUTH" }), ownSmtp, "config", /offers no sign-in/],
];

const CONNECTION: Case[] = [
  ["an unknown host", failure({ code: "ENOTFOUND" }), own, "config", /no server called mail/],
  ["a failing resolver", failure({ code: "EAI_AGAIN" }), own, "transient", /looked up/],
  ["no route to a host", failure({ code: "ENETUNREACH" }), own, "transient", /no way to mail/],
  ["no file left for a socket", failure({ code: "EMFILE" }), own, "transient", /run out of/],
  ["no memory for a socket", failure({ code: "ENOBUFS" }), own, "transient", /run out of/],
  ["a closed port", failure({ code: "ECONNREFUSED" }), own, "transient", /Nothing answers.*993/],
  ["silence", failure({ code: "ETIMEDOUT" }), own, "transient", /did not answer on port 993/],
  ["a cut connection", failure({ code: "ECONNRESET" }), own, "transient", /closed the connection/],
  [
    "a lost connection",
    failure({ code: "NoConnection" }),
    own,
    "transient",
    /closed the connection/,
  ],
  ["our deadline", failure({ code: "EDEADLINE" }), own, "transient", /in time/],
  [
    "TLS on a STARTTLS port",
    failure({ code: "ERR_SSL_WRONG_VERSION_NUMBER" }),
    { ...own, port: 143 },
    "config",
    /does not speak TLS.*143.*STARTTLS/,
  ],
  [
    "a certificate for another host",
    failure({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
      reason: "Host: x. is not in the cert's altnames: DNS:other.invalid",
    }),
    own,
    "config",
    /another name \(other\.invalid\)/,
  ],
  ["an expired certificate", failure({ code: "CERT_HAS_EXPIRED" }), own, "config", /has expired/],
  [
    "an unknown authority",
    failure({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }),
    own,
    "config",
    /authority this machine trusts/,
  ],
  ["hidden STARTTLS", failure({ code: "ESTARTTLS" }), ownSmtp, "config", /does not offer STARTTLS/],
  [
    "a private host",
    failure({ code: "EPRIVATEHOST" }),
    own,
    "config",
    /EMAIL_ALLOWED_PRIVATE_HOSTS/,
  ],
  ["no inbox", failure({ code: "EINBOX" }), own, "config", /support@example\.com signed in/],
];

const SENDING: Case[] = [
  [
    "a temporary refusal",
    failure({ code: "EENVELOPE", responseCode: 451, response: "451 4.3.0 try again later" }),
    ownSmtp,
    "transient",
    /cannot take the mail right now/,
  ],
  [
    "an unknown recipient",
    failure({ code: "EENVELOPE", responseCode: 550, response: "550 5.1.1 no such user here" }),
    ownSmtp,
    "permanent",
    /no such recipient/,
  ],
  [
    "a mail that is too large",
    failure({ code: "EMESSAGE", responseCode: 552, response: "552 5.3.4 too large" }),
    ownSmtp,
    "permanent",
    /larger than/,
  ],
  [
    "a sender that may not use the address",
    failure({ responseCode: 550, response: "550 5.7.60 SMTP; Client does not have permissions" }),
    place("smtp.office365.com", "smtp"),
    "permanent",
    /Send As/,
  ],
  [
    "a relay that is none",
    failure({ code: "EENVELOPE", responseCode: 554, response: "554 5.7.1 Relay access denied" }),
    ownSmtp,
    "config",
    /other domains/,
  ],
  [
    "a refusal of the mail",
    failure({ code: "EMESSAGE", responseCode: 554, response: "554 5.7.1 content refused" }),
    ownSmtp,
    "permanent",
    /refused the mail/,
  ],
  [
    "a closing server",
    failure({ code: "ECONNECTION", responseCode: 421, response: "421 4.3.2 closing" }),
    ownSmtp,
    "transient",
    /closed the connection/,
  ],
];

describe("explainMailError", () => {
  test.each([...SIGN_IN, ...CONNECTION, ...SENDING])(
    "explains %s",
    (_, error, where, kind, says) => {
      const explained = explainMailError(error, where);
      expect(explained.kind).toBe(kind);
      expect(`${explained.cause} ${explained.fix}`).toMatch(says);
    },
  );

  test("the server's words are shortened and cannot forge a log line", () => {
    const { serverSaid } = explainMailError(
      failure({ responseText: `no\r\nINFO: all is well\u001b[2J${" word".repeat(500)}` }),
      own,
    );
    expect(serverSaid).toMatch(/^no INFO: all is well\\u001b\[2J word/);
    expect(serverSaid?.length).toBe(500);
  });

  test("what could be a secret is not repeated", () => {
    const token = Buffer.from("\u0000support@example.com\u0000the password of it").toString(
      "base64",
    );
    const explained = explainMailError(
      failure({ responseText: `BAD AUTHENTICATE PLAIN ${token}` }, `failed: ${token}`),
      own,
    );
    expect(JSON.stringify(explained)).not.toContain(token);
  });

  test.each([null, undefined, "a string", 42, {}, new Error("")])(
    "%j is explained too",
    (error) => {
      expect(explainMailError(error, own)).toMatchObject({ kind: "transient", serverSaid: null });
    },
  );
});
