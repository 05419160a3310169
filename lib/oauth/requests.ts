import * as oauth from "oauth4webapi";
import { env } from "../env";
import { oneLine } from "../log";
import { explainOAuthTrouble, type OAuthTrouble } from "../mail/oauth-errors";
import { TransportError } from "../transport/egress";
import { guardedFetch } from "../transport/guarded-fetch";
import { MailError, textField } from "../transport/mail-error";
import type { OAuthClient } from "./clients";
import { appScope, endpointsOf } from "./providers";

/** What a token endpoint gave. */
export type TokenAnswer = {
  accessToken: string;
  /** null: the one before stays good, or there is none. */
  refreshToken: string | null;
  /** Seconds the access token lives. */
  lifeSeconds: number;
  /** The rights that were given; null when the provider did not say. */
  scope: string | null;
};

/** Who consented, by the ID token that came along. */
export type Consenter = { username: string; subject: string };

export type CodeExchange = {
  client: OAuthClient;
  /** What the provider sent the browser back with. */
  parameters: URLSearchParams;
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
};

const WORDS_MAX = 300;

/** Where a provider says nothing about it (RFC 6749 §5.1); both always do. */
const LIFE_SECONDS = 3600;

type Kind = OAuthTrouble["kind"];

/**
 * Exchanges an authorization code for tokens, with the proof that it is us who asked for it
 * (RFC 7636). Who consented stands in the ID token, which comes straight from the provider over TLS,
 * so its signature need not be checked (OpenID Connect Core §3.1.3.7); its audience, nonce, times
 * and issuer are.
 * @throws MailError by lib/mail/oauth-errors.ts.
 */
export async function exchangeCode(
  exchange: CodeExchange,
): Promise<{ tokens: TokenAnswer; consenter: Consenter }> {
  const { client, state, nonce, verifier } = exchange;
  const code = exchange.parameters.get("code") ?? "";
  return asking(client, "person", [verifier, code], async () => {
    const server = serverOf(client);
    const checked = oauth.validateAuthResponse(server, idOf(client), answered(exchange), state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      idOf(client),
      secretOf(client),
      checked,
      exchange.redirectUri,
      verifier,
      requestOptions(client),
    );
    const issuer = await issuerIn(response, client);
    const answer = await oauth.processAuthorizationCodeResponse(
      { ...server, issuer },
      idOf(client),
      response,
      { expectedNonce: nonce, requireIdToken: true },
    );
    const claims = oauth.getValidatedIdTokenClaims(answer);
    const name = [claims?.email, claims?.preferred_username].find(isAddress) ?? "";
    return { tokens: tokensIn(answer), consenter: { username: name, subject: claims?.sub ?? "" } };
  });
}

/**
 * Gets the next access token. Sends neither scope nor redirect URI, as Microsoft has it.
 * @throws MailError: EOAUTHLOST when consent is gone, EOAUTHCLIENT when our app is refused …
 */
export async function refreshTokens(
  client: OAuthClient,
  refreshToken: string,
): Promise<TokenAnswer> {
  return asking(client, "person", [refreshToken], async () => {
    const server = serverOf(client);
    const response = await oauth.refreshTokenGrantRequest(
      server,
      idOf(client),
      secretOf(client),
      refreshToken,
      requestOptions(client),
    );
    // An ID token that comes along says nothing new, and Microsoft's names another issuer.
    return tokensIn(
      await oauth.processRefreshTokenResponse(server, idOf(client), await withoutIdToken(response)),
    );
  });
}

/** Gets an access token for our app itself, without anybody's consent (RFC 6749 §4.4). @throws MailError. */
export async function requestAppToken(client: OAuthClient): Promise<TokenAnswer> {
  return asking(client, "app", [], async () => {
    const server = serverOf(client);
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      idOf(client),
      secretOf(client),
      { scope: appScope() },
      requestOptions(client),
    );
    return tokensIn(await oauth.processClientCredentialsResponse(server, idOf(client), response));
  });
}

function serverOf({ provider, tenant }: OAuthClient): oauth.AuthorizationServer {
  const { authorize, token } = endpointsOf(provider, tenant);
  return {
    issuer: new URL(authorize).origin,
    authorization_endpoint: authorize,
    token_endpoint: token,
  };
}

/** Clocks may be a minute apart. */
const idOf = ({ clientId }: OAuthClient): oauth.Client => ({
  ...{ client_id: clientId, [oauth.clockTolerance]: 60 },
});
const secretOf = ({ clientSecret }: OAuthClient) => oauth.ClientSecretPost(clientSecret);

function requestOptions(client: OAuthClient) {
  const isHere = endpointsOf(client.provider, client.tenant).token.startsWith("http:");
  return {
    [oauth.customFetch]: guardedFetch({ allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS }),
    // env.ts takes such an address only within this machine.
    [oauth.allowInsecureRequests]: isHere,
  };
}

/**
 * What the browser brought. An issuer in it (RFC 9207) is compared; not Microsoft's, which is of the
 * tenant of who signed in: the state says already who was asked.
 */
function answered({ client, parameters }: CodeExchange): URLSearchParams {
  const answer = new URLSearchParams(parameters);
  if (client.provider === "MICROSOFT") answer.delete("iss");
  return answer;
}

/**
 * The issuer an ID token has to name. Microsoft's stands for the tenant of who signed in, whatever
 * tenant was asked, and China's has a host of its own.
 */
async function issuerIn(response: Response, client: OAuthClient): Promise<string> {
  const own = serverOf(client).issuer;
  if (client.provider === "GOOGLE" || !response.ok) return own;
  const claims = claimsIn((await jsonIn(response.clone()))?.id_token);
  const tenant = typeof claims?.tid === "string" ? claims.tid : client.tenant;
  const hosts = [own, "https://login.partner.microsoftonline.cn"];
  const known = hosts.map((host) => `${host}/${tenant}/v2.0`);
  return known.find((issuer) => issuer === claims?.iss) ?? known[0] ?? own;
}

async function withoutIdToken(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const body = await jsonIn(response.clone());
  if (!body || body.id_token === undefined) return response;
  const { id_token: _unread, ...rest } = body;
  const { status, headers } = response;
  return new Response(JSON.stringify(rest), { status, headers });
}

async function jsonIn(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? { ...body } : null;
  } catch {
    // The library says what is wrong with it.
    return null;
  }
}

function claimsIn(token: unknown): Record<string, unknown> | null {
  const middle = typeof token === "string" ? (token.split(".")[1] ?? "") : "";
  try {
    const claims: unknown = JSON.parse(Buffer.from(middle, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? { ...claims } : null;
  } catch {
    return null;
  }
}

function tokensIn(answer: oauth.TokenEndpointResponse): TokenAnswer {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token || null,
    lifeSeconds: Math.max(1, Math.min(answer.expires_in ?? LIFE_SECONDS, 86_400)),
    scope: answer.scope ?? null,
  };
}

function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^[^\s@]{1,64}@[^\s@]{1,190}$/.test(value);
}

/** Whatever is thrown in here comes out explained, and without anything that is secret. */
async function asking<T>(
  client: OAuthClient,
  kind: Kind,
  secrets: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const trouble = troubleOf(error, client, kind);
    const { kind: weight, code, cause, fix } = explainOAuthTrouble(trouble);
    const words = [trouble.error, trouble.description].filter(Boolean).join(": ");
    const serverSaid = masked(words, [client.clientSecret, ...secrets]);
    throw new MailError({ kind: weight, code, cause, fix, serverSaid });
  }
}

function troubleOf(error: unknown, { provider }: OAuthClient, kind: Kind): OAuthTrouble {
  const common = { provider, kind, error: "", description: "", status: 0, code: "" };
  if (
    error instanceof oauth.ResponseBodyError ||
    error instanceof oauth.AuthorizationResponseError
  ) {
    const status = error instanceof oauth.ResponseBodyError ? error.status : 400;
    return { ...common, error: error.error, status, description: error.error_description ?? "" };
  }
  if (error instanceof oauth.OperationProcessingError) {
    const response: unknown = error.cause;
    // Not what a provider answers: a proxy's page, or another version of something.
    const status = response instanceof Response ? response.status : 200;
    return { ...common, status: status >= 500 ? status : 200, description: error.message };
  }
  if (error instanceof TransportError || textField(error, "code") !== null)
    return { ...common, code: (textField(error, "code") ?? "").toUpperCase() };
  throw error;
}

function masked(words: string, secrets: readonly string[]): string | null {
  const without = secrets
    .filter((secret) => secret !== "")
    .reduce((text, secret) => text.replaceAll(secret, "…"), words);
  const plain = without.replace(/[A-Za-z0-9+/_=.-]{60,}/g, "…").replace(/\p{C}/gu, " ");
  return oneLine(plain).trim().slice(0, WORDS_MAX) || null;
}
