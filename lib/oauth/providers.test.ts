import { afterEach, describe, expect, it } from "vitest";
import { parseEnv, reloadEnv } from "../env";
import {
  APP_PERMISSIONS,
  appScope,
  endpointsOf,
  extraParameters,
  isOwnTenant,
  mailScopesOf,
  missingScopes,
  redirectUri,
  scopesOf,
} from "./providers";

const SET = ["MICROSOFT_AUTHORITY", "MICROSOFT_OUTLOOK", "APP_URL"] as const;

function withEnv(values: Partial<Record<(typeof SET)[number], string>>): void {
  Object.assign(process.env, values);
  reloadEnv();
}

afterEach(() => {
  for (const name of SET) delete process.env[name];
  reloadEnv();
});

describe("Microsoft", () => {
  it("is asked under the tenant, or under common", () => {
    expect(endpointsOf("MICROSOFT", "")).toEqual({
      authorize: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
      token: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    });
    expect(endpointsOf("MICROSOFT", "contoso.example").token).toBe(
      "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
    );
  });

  it("is asked for the mailbox by the full address of its mail service, to stay, and who it is", () => {
    expect(scopesOf("MICROSOFT")).toEqual([
      ...["openid", "profile", "email", "offline_access"],
      "https://outlook.office.com/IMAP.AccessAsUser.All",
      "https://outlook.office.com/SMTP.Send",
    ]);
    expect(scopesOf("MICROSOFT").join(" ")).not.toContain("graph.microsoft.com");
  });

  it("lets an app ask for all it was given, by another address of the service", () => {
    expect(appScope()).toBe("https://outlook.office365.com/.default");
    expect(APP_PERMISSIONS).toEqual(["IMAP.AccessAsApp", "SMTP.SendAsApp"]);
    expect(["common", "organizations", "consumers", ""].map(isOwnTenant)).toEqual([
      ...[false, false, false, false],
    ]);
    expect(isOwnTenant("contoso.onmicrosoft.com")).toBe(true);
  });

  it.each([
    ["https://login.microsoftonline.us", "https://outlook.office365.us"],
    ["https://login.chinacloudapi.cn", "https://partner.outlook.cn"],
  ])("is asked at %s in a national cloud", (authority, outlook) => {
    withEnv({ MICROSOFT_AUTHORITY: authority, MICROSOFT_OUTLOOK: outlook });
    expect(endpointsOf("MICROSOFT", "").authorize).toBe(
      `${authority}/common/oauth2/v2.0/authorize`,
    );
    expect(mailScopesOf("MICROSOFT")).toEqual([
      ...[`${outlook}/IMAP.AccessAsUser.All`, `${outlook}/SMTP.Send`],
    ]);
    expect(appScope()).toBe(`${outlook}/.default`);
  });
});

describe("Google", () => {
  it("is asked at its own addresses", () => {
    expect(endpointsOf("GOOGLE", "")).toEqual({
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
    });
  });

  it("is asked for exactly one right to the mailbox, and for a refresh token each time", () => {
    expect(mailScopesOf("GOOGLE")).toEqual(["https://mail.google.com/"]);
    expect(scopesOf("GOOGLE")).toEqual(["openid", "email", "https://mail.google.com/"]);
    expect(extraParameters("GOOGLE")).toEqual({ access_type: "offline", prompt: "consent" });
  });
});

describe("rights that were not given", () => {
  it.each([
    ["GOOGLE", "openid email https://mail.google.com/", 0],
    ["GOOGLE", "openid https://www.googleapis.com/auth/userinfo.email", 1],
    ["GOOGLE", "", 1],
    [
      "MICROSOFT",
      "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
      0,
    ],
    ["MICROSOFT", "imap.accessasuser.all smtp.send", 0],
    ["MICROSOFT", "https://outlook.office.com/SMTP.Send", 1],
  ] as const)("of %s in “%s” are %i", (provider, granted, count) => {
    expect(missingScopes(provider, granted)).toHaveLength(count);
  });
});

it("people are sent back to one address below APP_URL", () => {
  withEnv({ APP_URL: "https://desk.example.com/" });
  expect(redirectUri()).toBe("https://desk.example.com/api/oauth/callback");
});

describe("addresses in the environment", () => {
  it.each([
    ["MICROSOFT_AUTHORITY", "http://login.microsoftonline.com"],
    ["GOOGLE_OAUTH_API", "http://10.0.0.1"],
    ["GOOGLE_AUTHORITY", "https://accounts.google.com/path"],
    ["MICROSOFT_TENANT", "contoso/../common"],
    ["MICROSOFT_TENANT", "a b"],
  ])("%s may not be %s", (name, value) => {
    expect(() => parseEnv({ [name]: value })).toThrow(name);
  });

  it("may be without TLS within this machine", () => {
    expect(parseEnv({ GOOGLE_AUTHORITY: "http://127.0.0.1:4000" }).GOOGLE_AUTHORITY).toBe(
      "http://127.0.0.1:4000",
    );
  });
});
