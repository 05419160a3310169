import { describe, expect, test } from "vitest";
import { explainMailError, type MailErrorPlace } from "./explain-error";
import { type ExplainedTrouble, explainOAuthTrouble, type OAuthTrouble } from "./oauth-errors";

type Case = [
  what: string,
  trouble: Partial<OAuthTrouble>,
  expected: Pick<ExplainedTrouble, "kind" | "code">,
  words: RegExp,
];

const LOST = { kind: "auth", code: "EOAUTHLOST" } as const;
const CLIENT = { kind: "config", code: "EOAUTHCLIENT" } as const;
const SETUP = { kind: "config", code: "EOAUTHSETUP" } as const;
const DENIED = { kind: "config", code: "EOAUTHDENIED" } as const;
const DOWN = { kind: "transient", code: "EOAUTHDOWN" } as const;

const microsoft = (error: string, number: string, words = "something."): Partial<OAuthTrouble> => ({
  provider: "MICROSOFT",
  error,
  description: `AADSTS${number}: ${words} Trace ID: 1 Correlation ID: 2`,
});
const google = (error: string, description = ""): Partial<OAuthTrouble> => ({
  ...{ provider: "GOOGLE", error, description },
});

const CASES: Case[] = [
  ["no answer", { status: 0, code: "ECONNREFUSED" }, DOWN, /can't be reached \(ECONNREFUSED\)/],
  ["a look-up that fails", { status: 0, code: "ENOTFOUND" }, DOWN, /tried again/],
  ["silence", { status: 0, code: "EDEADLINE" }, DOWN, /can't be reached/],
  ["a bad certificate", { status: 0, code: "CERT_HAS_EXPIRED" }, SETUP, /certificate/],
  ["a private address", { status: 0, code: "EPRIVATEHOST" }, SETUP, /EMAIL_ALLOWED_PRIVATE_HOSTS/],
  ["trouble of its own", { status: 503 }, DOWN, /trouble of its own \(503\)/],
  ["too many requests", { status: 429, error: "invalid_request" }, DOWN, /less often/],
  ["temporarily_unavailable", { error: "temporarily_unavailable" }, DOWN, /trouble of its own/],
  ["an expired secret", microsoft("invalid_client", "7000222"), CLIENT, /secret .* has expired/],
  ["a wrong secret", microsoft("invalid_client", "7000215"), CLIENT, /value, not its id/],
  ["an unknown app", microsoft("unauthorized_client", "700016"), CLIENT, /does not know/],
  ["an unknown tenant", microsoft("invalid_request", "90002"), SETUP, /no such tenant/],
  ["an app of one tenant", microsoft("invalid_request", "50194"), SETUP, /tenant id/],
  ["a redirect URI not registered", microsoft("invalid_request", "50011"), SETUP, /redirect URI/],
  ["a right not registered", microsoft("invalid_scope", "70011"), SETUP, /MICROSOFT_OUTLOOK/],
  [
    "an app without rights",
    { ...microsoft("unauthorized_client", "1"), kind: "app" },
    CLIENT,
    /IMAP\.AccessAsApp and SMTP\.SendAsApp/,
  ],
  ["90 days without use", microsoft("invalid_grant", "700082"), LOST, /Nobody used/],
  ["a changed password", microsoft("invalid_grant", "50173"), LOST, /password was changed/],
  ["withdrawn consent", microsoft("invalid_grant", "65001"), LOST, /withdrawn/],
  ["a second factor", microsoft("interaction_required", "50076"), LOST, /second factor/],
  ["conditional access", microsoft("invalid_grant", "53003"), LOST, /conditional access/],
  ["a deleted user", microsoft("invalid_grant", "50057"), LOST, /deactivated or deleted/],
  ["any other invalid_grant", microsoft("invalid_grant", "1"), LOST, /press Reconnect/i],
  ["a person who says no", microsoft("access_denied", "65004"), DENIED, /Consent was not given/],
  [
    "an organisation that lets only admins",
    microsoft("access_denied", "90094"),
    DENIED,
    /administrator/,
  ],
  [
    "Google's invalid_grant",
    google("invalid_grant", "Token has been expired or revoked."),
    LOST,
    /seven days/,
  ],
  ["Google's invalid_client", google("invalid_client", "Unauthorized"), CLIENT, /id or secret/],
  ["Google's deleted client", google("deleted_client"), CLIENT, /deleted/],
  ["Google's redirect URI", google("redirect_uri_mismatch"), SETUP, /letter by letter/],
  ["Google's policy", google("access_denied", "admin_policy_enforced"), DENIED, /administrator/],
  ["Google's scope", google("invalid_scope"), SETUP, /https:\/\/mail\.google\.com\//],
  ["a code nobody knows", { error: "moon_phase<script>" }, SETUP, /\(400: moon_phasescript\)/],
  ["an answer that is none", { status: 200, error: "" }, DOWN, /means nothing/],
];

describe("what a provider of sign-ins answers", () => {
  test.each(CASES)("%s", (_what, fields, expected, words) => {
    const trouble: OAuthTrouble = {
      ...{ provider: "MICROSOFT", kind: "person", error: "", description: "" },
      ...{ status: 400, code: "", ...fields },
    };
    const { cause, fix, ...explained } = explainOAuthTrouble(trouble);
    expect(explained).toEqual(expected);
    expect(`${cause} ${fix}`).toMatch(words);
    for (const sentence of [cause, fix]) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

const imap = (host: string): MailErrorPlace => ({
  ...{ protocol: "imap", host, port: 993, security: "tls", signIn: "oauth" },
  username: "support@contoso.example",
});
const smtp = (host: string): MailErrorPlace => ({ ...imap(host), protocol: "smtp", port: 587 });
const refused = (responseText: string, serverResponseCode = "") =>
  Object.assign(new Error("Command failed"), {
    ...{ authenticationFailed: true, responseText, serverResponseCode },
  });
const noLogin = (response: string) =>
  Object.assign(new Error("Invalid login"), { code: "EAUTH", response, responseCode: 535 });

describe("a mail server that refuses a token", () => {
  test.each([
    [
      "Microsoft, reading",
      refused("AUTHENTICATE failed."),
      imap("outlook.office365.com"),
      "auth",
      /New-ServicePrincipal/,
    ],
    [
      "Microsoft, sending",
      noLogin("535 5.7.3 Authentication unsuccessful"),
      smtp("smtp.office365.com"),
      "auth",
      /Send As/,
    ],
    [
      "Microsoft with SMTP AUTH off",
      noLogin(
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
      ),
      smtp("smtp.office365.com"),
      "auth",
      /Authenticated SMTP is switched off/,
    ],
    [
      "Microsoft by conditional access",
      noLogin(
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
      ),
      smtp("smtp.office365.com"),
      "auth",
      /conditional access/,
    ],
    [
      "Microsoft after the token's end",
      Object.assign(new Error("Session invalidated - AccessTokenExpired"), {
        code: "NoConnection",
      }),
      imap("outlook.office365.com"),
      "transient",
      /token no more/,
    ],
    [
      "Microsoft's known flake",
      refused("User is authenticated but not connected."),
      imap("outlook.office365.com"),
      "transient",
      /did not open the mailbox/,
    ],
    [
      "Google",
      refused("Invalid credentials (Failure)", "AUTHENTICATIONFAILED"),
      imap("imap.gmail.com"),
      "auth",
      /Google gave a token/,
    ],
    [
      "any other",
      refused("Authentication failed.", "AUTHENTICATIONFAILED"),
      imap("mail.example.com"),
      "auth",
      /press Reconnect/,
    ],
    [
      "one that can't check it",
      refused("Temporary authentication failure", "UNAVAILABLE"),
      imap("mail.example.com"),
      "transient",
      /cannot check sign-ins right now\.$/,
    ],
  ] as const)("%s", (_what, error, where, kind, words) => {
    const explained = explainMailError(error, where);
    expect(explained.kind).toBe(kind);
    expect(
      explained.kind === "transient" && /Nothing to do/.test(explained.fix)
        ? explained.cause
        : `${explained.cause} ${explained.fix}`,
    ).toMatch(words);
    expect(explained.cause).not.toMatch(/password/i);
  });
});
