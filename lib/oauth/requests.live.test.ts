import { once } from "node:events";
import http from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reloadEnv } from "../env";
import { portOf } from "../testing/free-ports";
import type { OAuthClient } from "./clients";
import { exchangeCode, refreshTokens } from "./requests";

// A token endpoint that answers whatever it is told to, honest or not.

const TENANT = "11111111-2222-4333-8444-555555555555";
const CLIENT_SECRET = "the-app's~secret";

let server: http.Server;
let origin = "";
let reply: { status: number; type: string; text: string };

beforeAll(async () => {
  server = http.createServer((_request, response) => {
    response.writeHead(reply.status, { "content-type": reply.type }).end(reply.text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${portOf(server)}`;
  process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "127.0.0.0/8";
  process.env.MICROSOFT_AUTHORITY = origin;
  process.env.GOOGLE_AUTHORITY = origin;
  process.env.GOOGLE_OAUTH_API = origin;
  reloadEnv();
});
afterAll(() => server?.close());
beforeEach(() => answers({}));

type Answer = Record<string, unknown>;

function answers(body: Answer, status = 200): void {
  reply = { status, type: "application/json", text: JSON.stringify(body) };
}

const client = (provider: OAuthClient["provider"]): OAuthClient => ({
  ...{ provider, clientId: "app", clientSecret: CLIENT_SECRET },
  tenant: provider === "MICROSOFT" ? "common" : "",
});

const seconds = () => Math.floor(Date.now() / 1000);

/** An ID token as both would make it, but for these claims. */
function idToken(claims: Answer): string {
  const honest = {
    ...{ iss: `${origin}/${TENANT}/v2.0`, tid: TENANT, aud: "app", sub: "1", nonce: "n" },
    ...{ iat: seconds(), exp: seconds() + 600, preferred_username: "support@example.test" },
  };
  const parts = [{ alg: "RS256" }, { ...honest, ...claims }, {}];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}

const tokens = (claims: Answer = {}) => ({
  ...{ access_token: "a", refresh_token: "r", token_type: "Bearer", expires_in: 3599 },
  id_token: idToken(claims),
});

const exchange = (provider: OAuthClient["provider"], parameters: Record<string, string> = {}) =>
  exchangeCode({
    client: client(provider),
    parameters: new URLSearchParams({ code: "the-code", state: "s", ...parameters }),
    ...{ state: "s", nonce: "n", verifier: "v".repeat(43), redirectUri: "http://localhost/" },
  });

describe("the ID token that comes with the code", () => {
  it("says who consented, whatever the tenant", async () => {
    answers(tokens());
    const { consenter } = await exchange("MICROSOFT");
    expect(consenter).toEqual({ username: "support@example.test", subject: "1" });
    answers(tokens({ iss: `https://login.partner.microsoftonline.cn/${TENANT}/v2.0` }));
    await exchange("MICROSOFT");
    answers(tokens({ iss: origin, email: "desk@gmail.example" }));
    expect((await exchange("GOOGLE")).consenter.username).toBe("desk@gmail.example");
  });

  it.each([
    ["for another app", { aud: "other" }],
    ["of another sign-in", { nonce: "another" }],
    ["without a nonce", { nonce: undefined }],
    ["of another issuer", { iss: "https://evil.example/v2.0" }],
    ["of another tenant than it says", { tid: "22222222-2222-4333-8444-555555555555" }],
    ["that is over", { iat: 1, exp: 1000 }],
    ["without a subject", { sub: undefined }],
  ])("%s is not believed", async (_what, claims) => {
    answers(tokens(claims));
    await expect(exchange("MICROSOFT")).rejects.toMatchObject({ code: "EOAUTHDOWN" });
  });

  it("has to be there", async () => {
    answers({ ...tokens(), id_token: undefined });
    await expect(exchange("GOOGLE")).rejects.toMatchObject({ code: "EOAUTHDOWN" });
  });
});

describe("what the browser brings", () => {
  it.each([
    ["another state", { state: "other" }],
    ["another issuer", { iss: "https://evil.example" }],
  ])("with %s is refused before anybody is asked", async (_what, parameters) => {
    answers(tokens({ iss: origin }));
    await expect(exchange("GOOGLE", parameters)).rejects.toMatchObject({ name: "MailError" });
  });
});

describe("an answer to a refresh", () => {
  it("with an ID token of Microsoft's is taken without it", async () => {
    answers(tokens({ iss: "https://sts.example/" }));
    expect(await refreshTokens(client("MICROSOFT"), "old")).toEqual({
      ...{ accessToken: "a", refreshToken: "r", lifeSeconds: 3599, scope: null },
    });
  });

  it.each([
    ["that is a proxy's page", { status: 200, type: "text/html", text: "<h1>Sign in</h1>" }],
    ["that is a proxy's refusal", { status: 403, type: "text/html", text: "<h1>No</h1>" }],
    ["that is no JSON", { status: 200, type: "application/json", text: "{" }],
    ["without a token", { status: 200, type: "application/json", text: "{}" }],
    ["of a broken gateway", { status: 502, type: "text/html", text: "Bad gateway" }],
    ["that sends us elsewhere", { status: 302, type: "text/html", text: "" }],
  ])("%s is tried again, and ends no consent", async (_what, odd) => {
    reply = odd;
    const refresh = refreshTokens(client("GOOGLE"), "old");
    await expect(refresh).rejects.toMatchObject({ kind: "transient", code: "EOAUTHDOWN" });
  });

  it("that repeats what is secret is kept without it", async () => {
    const description = `AADSTS70000: refresh token the-refresh-token of ${CLIENT_SECRET} is wrong.`;
    answers({ error: "invalid_grant", error_description: description }, 400);
    const refresh = refreshTokens(client("MICROSOFT"), "the-refresh-token");
    await expect(refresh).rejects.toMatchObject({
      ...{ kind: "auth", code: "EOAUTHLOST" },
      serverSaid: "invalid_grant: AADSTS70000: refresh token … of … is wrong.",
    });
  });
});
