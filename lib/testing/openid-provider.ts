import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Provider, { type Configuration, interactionPolicy } from "oidc-provider";
import { portOf } from "./free-ports";

/** Which of the two it speaks as: their paths, scopes and claims differ. */
export type SpeaksAs = "GOOGLE" | "MICROSOFT";

/** What goes wrong at the token endpoint until told otherwise. */
export type TokenTrouble = "none" | "down" | "silent" | "client-expired" | "client-unknown";

/** A request to the token endpoint as it came in. */
export type TokenRequest = { path: string; body: Record<string, string> };

/** A real OpenID provider on 127.0.0.1 that can be told how to behave. */
export type OpenIdProvider = {
  /** For MICROSOFT_AUTHORITY, or GOOGLE_AUTHORITY and GOOGLE_OAUTH_API. */
  origin: string;
  clientId: string;
  clientSecret: string;
  /** All requests for tokens so far, oldest first. */
  requests: TokenRequest[];
  /**
   * Goes through the consent of a sign-in as a browser does, without its page being looked at.
   * @returns where the browser is sent back to. @throws Error with what the provider says otherwise.
   */
  consent: (address: string, as: string, answer?: "allow" | "deny") => Promise<URL>;
  /** Whose mailbox a token opens at a mail server; null when it is over, revoked or none. */
  mailboxOf: (token: string) => Promise<string | null>;
  /** The mailbox that this person's tokens open, instead of their own. */
  share: (person: string, mailbox: string) => void;
  /** The mailbox that our app's own tokens open; none until told. */
  openForApp: (mailbox: string) => void;
  /** Every access token given so far is over from now on; refresh tokens stay good. */
  expireAccessTokens: () => void;
  /** This person's consent is withdrawn: nothing of theirs can be refreshed. */
  revoke: (person: string) => void;
  allowAgain: (person: string) => void;
  set: (behaviour: Partial<Behaviour>) => void;
  /** Forgets requests, withdrawals, shares and bad behaviour; tokens stay. */
  reset: () => void;
  stop: () => Promise<void>;
};

type Behaviour = {
  /** Each refresh brings another refresh token, and one that is used twice ends the consent. */
  rotates: boolean;
  /** How long access tokens live. */
  tokenSeconds: number;
  trouble: TokenTrouble;
  /** How long the token endpoint takes. */
  slowMs: number;
  /** The person unticks the rights to the mailbox. */
  withholdsMail: boolean;
};

const GOOD: Behaviour = {
  ...{ rotates: true, tokenSeconds: 3600, trouble: "none", slowMs: 0, withholdsMail: false },
};

const CLIENT = { id: "mailroom-test", secret: "a-secret-of-the-tests-own-client" };
const TENANT = "5f0a3a1c-1111-4222-8333-944455556666";

/** The tenant that it is one organisation's provider for, as Microsoft. */
export const TEST_TENANT = TENANT;

const SCOPES: Record<SpeaksAs, string[]> = {
  GOOGLE: ["https://mail.google.com/"],
  MICROSOFT: [
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
    "https://outlook.office365.com/.default",
  ],
};

/**
 * Starts a provider that knows one client, whose people may be sent back to `redirectUri` only.
 * Anybody may sign in, by their address: a page has a field "Address" and the buttons "Allow" and
 * "Deny". Nothing of it outlives stop().
 */
export async function startOpenIdProvider(
  as: SpeaksAs,
  redirectUri: string,
): Promise<OpenIdProvider> {
  const state = new State();
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${portOf(server)}`;
  const issuer = as === "GOOGLE" ? origin : `${origin}/${TENANT}/v2.0`;
  const provider = new Provider(issuer, configuration(as, redirectUri, state));
  provider.on("access_token.saved", ({ jti }) => state.issued.add(jti));
  provider.on("client_credentials.saved", ({ jti }) => state.issued.add(jti));
  provider.use(async (context, next) => {
    await next();
    const body = context.path === "/token" ? context.oidc?.body : undefined;
    if (body) state.requests.push({ path: state.tokenPath, body: textsIn(body) });
  });
  const handle = provider.callback();
  server.on("request", (request, response) => {
    answer({ as, provider, state, handle }, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return {
    ...{ origin, clientId: CLIENT.id, clientSecret: CLIENT.secret, requests: state.requests },
    consent: (address, person, choice = "allow") => walk(address, { redirectUri, person, choice }),
    mailboxOf: (token) => mailboxOf(provider, state, token),
    share: (person, mailbox) => state.shared.set(person.toLowerCase(), mailbox),
    openForApp: (mailbox) => {
      state.appMailbox = mailbox;
    },
    expireAccessTokens: () => {
      for (const jti of state.issued) state.over.add(jti);
    },
    revoke: (person) => state.revoked.add(person.toLowerCase()),
    allowAgain: (person) => state.revoked.delete(person.toLowerCase()),
    set: (behaviour) => Object.assign(state.behaviour, behaviour),
    reset: () => state.reset(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

class State {
  readonly requests: TokenRequest[] = [];
  readonly issued = new Set<string>();
  readonly over = new Set<string>();
  readonly revoked = new Set<string>();
  readonly shared = new Map<string, string>();
  appMailbox: string | null = null;
  /** The path of the last request for tokens, before it was made the library's. */
  tokenPath = "";
  readonly behaviour: Behaviour = { ...GOOD };

  reset(): void {
    this.requests.length = 0;
    this.revoked.clear();
    this.shared.clear();
    this.appMailbox = null;
    Object.assign(this.behaviour, GOOD);
  }
}

function configuration(as: SpeaksAs, redirectUri: string, state: State): Configuration {
  const policy = interactionPolicy.base();
  const tokenLife = () => state.behaviour.tokenSeconds;
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }));
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token", "client_credentials"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    cookies: { keys: ["a key of the test's own"] },
    scopes: ["openid", "profile", "email", "offline_access", ...SCOPES[as]],
    claims: { openid: ["sub", "tid"], profile: ["name", "preferred_username"], email: ["email"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
    },
    ttl: {
      ...{ AccessToken: tokenLife, ClientCredentials: tokenLife },
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      ...{ Session: 3600, Interaction: 600, Grant: 86_400, IdToken: 600 },
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: () => state.behaviour.rotates,
    findAccount: async (_context, sub) =>
      state.revoked.has(sub)
        ? undefined
        : {
            accountId: sub,
            claims: async () => ({
              ...{ sub, email: sub, preferred_username: sub, name: sub, tid: TENANT },
            }),
          },
    async loadExistingGrant({ oidc }) {
      const { Grant } = oidc.provider;
      const grant = new Grant({ clientId: CLIENT.id, accountId: oidc.session?.accountId ?? "" });
      const asked = [...oidc.requestParamScopes];
      const isMail = (scope: string) => SCOPES[as].includes(scope);
      const given = asked.filter((scope) => !state.behaviour.withholdsMail || !isMail(scope));
      grant.addOIDCScope(given.join(" "));
      grant.addOIDCClaims(["email", "preferred_username", "tid", "name"]);
      const withheld = asked.filter((scope) => !given.includes(scope));
      if (withheld.length > 0) grant.rejectOIDCScope(withheld.join(" "));
      await grant.save();
      return grant;
    },
  };
}

type Parts = {
  as: SpeaksAs;
  provider: Provider;
  state: State;
  handle: (request: IncomingMessage, response: ServerResponse) => unknown;
};

async function answer(
  { as, provider, state, handle }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (url.pathname.startsWith("/interaction/")) return interaction(provider, request, response);
  const own = ownPath(as, url.pathname);
  if (own === "/token") {
    state.tokenPath = url.pathname;
    await sleep(state.behaviour.slowMs);
    if (failed(state, request, response)) return;
  }
  request.url = `${own}${url.search}`;
  await handle(request, response);
}

/** The library's path for one of the provider's; others are its own already. */
function ownPath(as: SpeaksAs, path: string): string {
  if (as === "GOOGLE") return path === "/o/oauth2/v2/auth" ? "/auth" : path;
  const endpoint = /^\/[\w.-]+\/oauth2\/v2\.0\/(authorize|token)$/.exec(path)?.[1];
  return endpoint === undefined ? path : endpoint === "authorize" ? "/auth" : "/token";
}

/** As the providers say it. @returns false when nothing is to go wrong. */
function failed(
  { behaviour, requests, tokenPath }: State,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { trouble } = behaviour;
  if (trouble === "none") return false;
  requests.push({ path: tokenPath, body: {} });
  request.resume();
  if (trouble === "silent") {
    request.socket.destroy();
    return true;
  }
  const [status, error, description] = {
    down: [503, "temporarily_unavailable", "Try again later."],
    "client-expired": [
      401,
      "invalid_client",
      "AADSTS7000222: The provided client secret keys for app are expired.",
    ],
    "client-unknown": [401, "invalid_client", "The OAuth client was not found."],
  }[trouble] as [number, string, string];
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify({ error, error_description: description }));
  return true;
}

async function interaction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    const hint = typeof params.login_hint === "string" ? params.login_hint : "";
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end(page(String(params.scope ?? ""), hint));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
  const accountId = (form.get("address") ?? "").toLowerCase();
  const result =
    form.get("answer") === "allow"
      ? { login: { accountId }, consent: {}, select_account: {} }
      : { error: "access_denied", error_description: "The person said no." };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(scope: string, hint: string): string {
  const rights = scope
    .split(" ")
    .map((right) => `<li>${escaped(right)}</li>`)
    .join("");
  return `<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1><ul>${rights}</ul>
<form method="post"><label>Address <input name="address" value="${escaped(hint)}"></label>
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form></html>`;
}

async function mailboxOf(provider: Provider, state: State, token: string): Promise<string | null> {
  const found = await provider.AccessToken.find(token);
  if (found) {
    if (found.isExpired || state.over.has(found.jti) || state.revoked.has(found.accountId))
      return null;
    return state.shared.get(found.accountId) ?? found.accountId;
  }
  const app = await provider.ClientCredentials.find(token);
  return app && !app.isExpired && !state.over.has(app.jti) ? state.appMailbox : null;
}

type Walk = { redirectUri: string; person: string; choice: "allow" | "deny" };

/** Follows redirects with cookies, as a browser does, and answers the page. */
async function walk(start: string, { redirectUri, person, choice }: Walk): Promise<URL> {
  const cookies = new Map<string, string>();
  let [url, body] = [new URL(start), null as string | null];
  for (let step = 0; step < 12; step++) {
    const response: Response = await fetch(url, {
      method: body === null ? "GET" : "POST",
      redirect: "manual",
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body === null ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(body === null ? {} : { body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const text = await response.text();
    body = null;
    if (location !== null) {
      url = new URL(location, url);
      if (url.href.startsWith(redirectUri)) return url;
    } else if (response.ok) {
      body = new URLSearchParams({ address: person, answer: choice }).toString();
    } else throw new Error(`The provider says ${response.status}: ${text.slice(0, 2_000)}`);
  }
  throw new Error("The provider sends the browser round in circles.");
}

function textsIn(body: object): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}
