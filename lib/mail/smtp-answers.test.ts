import { describe, test } from "vitest";
import { type AnswerRow, expectExplained, smtpError } from "../testing/server-answers";

// What servers really answer over SMTP, as they send it, and what is made of it.

const REFUSED = /refused this username or password/;
const LATER = /tried again/;

const SMTP_SIGN_IN: AnswerRow[] = [
  [
    "Gmail: password",
    "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1-2 - gsmtp",
    "auth",
    /Google refused this password/,
    /16 letters/,
  ],
  [
    "Gmail: no app password",
    "534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor a1-2 - gsmtp",
    "auth",
    /wants an App Password/,
    /16 letters/,
  ],
  [
    "Gmail: browser",
    "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via your web browser and then try again.",
    "auth",
    /sign in with a browser/,
    /mail\.google\.com/,
  ],
  [
    "Gmail: attempts",
    "454 4.7.0 Too many login attempts, please try again later. a1-2 - gsmtp",
    "transient",
    /no further connection|cannot check sign-ins/,
    LATER,
  ],
  [
    "Microsoft 365: SMTP off",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
    "auth",
    /Authenticated SMTP is switched off/,
    /must allow/,
  ],
  [
    "Microsoft 365: rules",
    "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
    "auth",
    /A rule of the Microsoft 365 organisation/,
    /security defaults/,
  ],
  [
    "Microsoft 365: credentials",
    "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
    "auth",
    /Microsoft refused this sign-in/,
    /username and password/,
  ],
  [
    "Microsoft 365: refused",
    "535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]",
    "auth",
    /Microsoft refused this sign-in/,
    /Authenticated SMTP/,
  ],
  [
    "Microsoft 365: no passwords",
    "550 5.7.30 Basic authentication is not supported for Client Submission.",
    "auth",
    /no longer accepts passwords for sending/,
    /OAuth/,
  ],
  [
    "Outlook.com: no passwords",
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    "auth",
    /no longer accepts passwords for sending/,
    /Sign in with Microsoft/,
  ],
  [
    "Yahoo: password",
    "535 5.7.0 (#AUTH005) Invalid username or password.",
    "auth",
    REFUSED,
    /app password/,
  ],
  [
    "Yahoo: attempts",
    "535 5.7.0 (#AUTH012) Too many bad auth attempts.",
    "transient",
    /after too many wrong ones/,
    /Wait an hour/,
  ],
  [
    "iCloud: password",
    "535 5.7.8 Error: authentication failed: authentication failure",
    "auth",
    REFUSED,
    /app password/,
  ],
  [
    "Fastmail: password",
    "535 5.7.8 Authentication credentials invalid",
    "auth",
    REFUSED,
    /app password/,
  ],
  [
    "Yandex: SMTP off",
    "535 5.7.8 Error: authentication failed: This user does not have access rights to this service",
    "auth",
    /has SMTP switched off/,
    /app password/,
  ],
  [
    "Mail.ru: no app password",
    "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED",
    "auth",
    /password made for programs/,
    /security settings/,
  ],
  ["GMX", "535 Authentication credentials invalid", "auth", REFUSED, /SMTP switched on/],
  [
    "Postfix: password",
    "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
    "auth",
    REFUSED,
    /typos/,
  ],
  [
    "Postfix: SASL away",
    "454 4.7.0 Temporary authentication failure: Connection lost to authentication server",
    "transient",
    /cannot check sign-ins/,
    LATER,
  ],
  ["Exim: password", "535 Incorrect authentication data", "auth", REFUSED, /typos/],
  [
    "Exim: database away",
    "435 Unable to authenticate at present",
    "transient",
    /cannot check sign-ins/,
    LATER,
  ],
  [
    "Exchange: sign-in kinds",
    "504 5.7.4 Unrecognized authentication type",
    "config",
    /no sign-in by password on port 587/,
    /465/,
  ],
  [
    "SendGrid: credits",
    "451 Authentication failed: Maximum credits exceeded",
    "transient",
    /cannot check sign-ins/,
    LATER,
  ],
  ["Amazon SES: password", "535 Authentication Credentials Invalid", "auth", REFUSED, /typos/],
];

const SMTP_SENDING: AnswerRow[] = [
  [
    "Gmail: closing",
    "421-4.7.0 Try again later, closing connection. (EHLO) a1-2 - gsmtp",
    "transient",
    /closed the connection|right now/,
    LATER,
  ],
  [
    "Gmail: daily limit",
    "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550 5.4.5 sending limits go to https://support.google.com/a/answer/166852",
    "transient",
    /no more mail of this account today/,
    /two days/,
  ],
  [
    "Microsoft 365: threads",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=AM0PR01MB0001]",
    "transient",
    /no further connection/,
    LATER,
  ],
  [
    "Microsoft 365: sender",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "permanent",
    /does not let this sign-in send from this address/,
    /Send As/,
  ],
  [
    "Microsoft 365: SendAsDenied",
    "554 5.2.252 SendAsDenied; support@example.com not allowed to send as help@example.com; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
    "permanent",
    /does not let this sign-in send/,
    /Send As/,
  ],
  [
    "Microsoft 365: anonymous",
    "530 5.7.57 Client not authenticated to send mail.",
    "config",
    /wants a sign-in/,
    /SMTP username/,
  ],
  [
    "Postfix: STARTTLS",
    "530 5.7.0 Must issue a STARTTLS command first",
    "config",
    /no password without encryption/,
    /STARTTLS/,
  ],
  [
    "Postfix: relay",
    "554 5.7.1 <ann@customer.test>: Relay access denied",
    "config",
    /other domains/,
    /SMTP username/,
  ],
  [
    "Postfix: sender",
    "553 5.7.1 <help@example.com>: Sender address rejected: not owned by user support@example.com",
    "permanent",
    /does not let this sign-in send/,
    /support@example\.com/,
  ],
  [
    "Postfix: unknown user",
    "550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown in local recipient table",
    "permanent",
    /no such recipient/,
    /address/,
  ],
  [
    "Postfix: greylisting",
    "450 4.2.0 <ann@customer.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/customer.test.html",
    "transient",
    /right now/,
    /two days/,
  ],
  ["Postfix: disk", "452 4.3.1 Insufficient system storage", "transient", /right now/, /two days/],
  [
    "Postfix: size",
    "552 5.3.4 Message size exceeds fixed limit",
    "permanent",
    /larger than/,
    /smaller attachments/,
  ],
  [
    "Exim: no sign-in",
    "550-Please turn on SMTP Authentication in your mail client.\n550-host.example.net [192.0.2.1]:50000 is not permitted to relay\n550 through this server without authentication.",
    "config",
    /other domains/,
    /SMTP username/,
  ],
  [
    "Exim: local problem",
    "451 Temporary local problem - please try later",
    "transient",
    /right now/,
    /two days/,
  ],
  [
    "qmail: relay",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "config",
    /other domains/,
    /SMTP username/,
  ],
  [
    "Exchange: relay",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "config",
    /other domains/,
    /SMTP username/,
  ],
  [
    "Amazon SES: unverified",
    "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: support@example.com",
    "config",
    /does not know this address as yours/,
    /Verify/,
  ],
  [
    "a spam filter",
    "554 5.7.1 Message rejected as spam by Content Filtering",
    "permanent",
    /refused the mail/,
    /what the server said/,
  ],
];

describe("what SMTP servers answer, and what is made of it", () => {
  test.each(SMTP_SIGN_IN)("to a sign-in, %s: %s", (...row) => {
    expectExplained(smtpError("EAUTH", row[1]), "smtp", row);
  });

  test.each(SMTP_SENDING)("to a mail, %s: %s", (...row) => {
    const isClosing = row[1].startsWith("421");
    expectExplained(smtpError(isClosing ? "ECONNECTION" : "EMESSAGE", row[1]), "smtp", row);
  });
});
