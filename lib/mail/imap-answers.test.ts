import { describe, test } from "vitest";
import {
  type AnswerRow,
  expectExplained,
  imapFailure,
  imapRefusal,
} from "../testing/server-answers";

// What servers really answer over IMAP, as they send it, and what is made of it.

const REFUSED = /refused this username or password/;
const LATER = /tried again/;

const IMAP_SIGN_IN: AnswerRow[] = [
  [
    "Gmail: password",
    "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    "auth",
    /Google refused this password/,
    /16 letters/,
  ],
  [
    "Gmail: no app password",
    "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    "auth",
    /wants an App Password/,
    /16 letters/,
  ],
  [
    "Gmail: browser",
    "NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
    "auth",
    /sign in with a browser/,
    /mail\.google\.com/,
  ],
  [
    "Gmail: web alert",
    "NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1] Web login required.",
    "auth",
    /sign in with a browser/,
    /mail\.google\.com/,
  ],
  [
    "Gmail: connections",
    "NO [ALERT] Too many simultaneous connections. (Failure)",
    "transient",
    /no further connection/,
    LATER,
  ],
  [
    "Gmail: bandwidth",
    "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
    "transient",
    /locked this mailbox for a while/,
    /within a day/,
  ],
  [
    "Gmail: IMAP off",
    "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    "config",
    /IMAP is switched off/,
    /Switch IMAP on/,
  ],
  [
    "Gmail: IMAP off for the domain",
    "NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
    "config",
    /IMAP is switched off/,
    /whoever runs the server/,
  ],
  [
    "Microsoft 365: LOGIN",
    "NO LOGIN failed.",
    "auth",
    /does not accept passwords for IMAP/,
    /Sign in with Microsoft/,
  ],
  [
    "Microsoft 365: AUTHENTICATE",
    "NO AUTHENTICATE failed.",
    "auth",
    /does not accept passwords for IMAP/,
    /OAuth/,
  ],
  [
    "Microsoft 365: mailbox closed",
    "BAD User is authenticated but not connected.",
    "transient",
    /did not open the mailbox/,
    /licence/,
  ],
  [
    "Microsoft 365: throttled",
    "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds",
    "transient",
    /cannot check sign-ins right now/,
    LATER,
  ],
  [
    "Microsoft 365: away",
    "NO Server Unavailable. 15",
    "transient",
    /cannot check sign-ins right now/,
    LATER,
  ],
  [
    "Yahoo: password",
    "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
    "auth",
    REFUSED,
    /app password/,
  ],
  ["Yahoo: rate", "NO [LIMIT] LOGIN Rate limit hit.", "transient", /no further connection/, LATER],
  [
    "Yahoo: error",
    "NO [UNAVAILABLE] LOGIN Server error - Please try again later",
    "transient",
    /cannot check sign-ins/,
    LATER,
  ],
  [
    "AOL: password",
    "NO [AUTHENTICATIONFAILED] AUTHENTICATE Invalid credentials",
    "auth",
    REFUSED,
    /app password/,
  ],
  [
    "iCloud: password",
    "NO [AUTHENTICATIONFAILED] Authentication Failed",
    "auth",
    REFUSED,
    /part before the @/,
  ],
  [
    "Fastmail: password",
    "NO [AUTHENTICATIONFAILED] Incorrect username, password or access token",
    "auth",
    REFUSED,
    /app password/,
  ],
  [
    "Zoho: IMAP off",
    "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)",
    "config",
    /IMAP is switched off/,
    /Switch IMAP on/,
  ],
  [
    "Zoho: password",
    "NO [AUTHENTICATIONFAILED] Invalid credentials(Failure)",
    "auth",
    REFUSED,
    /typos/,
  ],
  [
    "Yandex: password or IMAP off",
    "NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=abc",
    "auth",
    /or has IMAP switched off/,
    /app password/,
  ],
  [
    "Mail.ru: no app password",
    "NO [AUTHENTICATIONFAILED] NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED",
    "auth",
    /password made for programs/,
    /security settings/,
  ],
  [
    "QQ",
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.",
    "auth",
    /the service is off, the password wrong/,
    /authorisation code/,
  ],
  [
    "Dovecot: password",
    "NO [AUTHENTICATIONFAILED] Authentication failed.",
    "auth",
    REFUSED,
    /typos/,
  ],
  [
    "Dovecot: auth process",
    "NO [UNAVAILABLE] Temporary authentication failure. [mail:2026-11-27 10:00:00]",
    "transient",
    /The password may well be right/,
    LATER,
  ],
  [
    "Dovecot: connections",
    "NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    "transient",
    /no further connection/,
    /close some/,
  ],
  [
    "Dovecot: no TLS",
    "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
    "config",
    /no password without encryption/,
    /STARTTLS/,
  ],
  [
    "Dovecot: no TLS, 2.4",
    "NO [PRIVACYREQUIRED] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.",
    "config",
    /no password without encryption/,
    /STARTTLS/,
  ],
  [
    "Dovecot: nologin",
    "NO [CONTACTADMIN] Login disabled for this user",
    "config",
    /IMAP is switched off/,
    /not the trouble/,
  ],
  ["Courier: password", "NO Login failed.", "auth", REFUSED, /typos/],
  [
    "Courier: authdaemon",
    "NO Temporary problem, please try again later",
    "transient",
    /cannot check sign-ins/,
    LATER,
  ],
  ["Cyrus: password", "NO Login failed: authentication failure", "auth", REFUSED, /typos/],
  [
    "Cyrus: no TLS",
    "NO Login only available under a layer",
    "config",
    /no password without encryption/,
    /STARTTLS/,
  ],
  [
    "Zimbra: no TLS",
    "NO cleartext logins disabled",
    "config",
    /no password without encryption/,
    /STARTTLS/,
  ],
  ["Exchange of one's own", "NO LOGIN failed.", "auth", REFUSED, /typos/],
  [
    "hMailServer",
    "NO Invalid user name or password. Please use full email address as user name.",
    "auth",
    REFUSED,
    /whole email address/,
  ],
];

const IMAP_LATER: AnswerRow[] = [
  [
    "Dovecot: folder",
    "NO [NONEXISTENT] Mailbox doesn't exist: Support (0.001 + 0.000 secs).",
    "config",
    /folder to read does not exist/,
    /support@example\.com signs in/,
  ],
  [
    "Dovecot: bug",
    "NO [SERVERBUG] Internal error occurred. Refer to server log for more information.",
    "transient",
    /right now/,
    LATER,
  ],
  [
    "Dovecot: mailbox locked",
    "NO [INUSE] Timeout while waiting for lock",
    "transient",
    /right now/,
    LATER,
  ],
  [
    "163.com",
    "NO SELECT Unsafe Login. Please contact kefu@188.com for help",
    "auth",
    /does not trust this server/,
    /authorisation code/,
  ],
  [
    "Microsoft 365: session",
    "BAD User is authenticated but not connected.",
    "transient",
    /did not open the mailbox/,
    /licence/,
  ],
];

describe("what IMAP servers answer, and what is made of it", () => {
  test.each(IMAP_SIGN_IN)("to a sign-in, %s: %s", (...row) => {
    expectExplained(imapRefusal(row[1]), "imap", row);
  });

  test.each(IMAP_LATER)("later, %s: %s", (...row) => {
    expectExplained(imapFailure(row[1]), "imap", row);
  });
});
