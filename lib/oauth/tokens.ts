import { setTimeout as sleep } from "node:timers/promises";
import { db } from "../db/client";
import { notifyNow } from "../db/listen";
import { AppError } from "../errors";
import { MailError } from "../transport/mail-error";
import type { TokenSource } from "../transport/server-settings";
import { findClient, type OAuthClient } from "./clients";
import { sealToken, unsealToken } from "./grants";
import { type OAuthProvider, PROVIDER_NAMES } from "./providers";
import { refreshTokens, requestAppToken, type TokenAnswer } from "./requests";

/** An access token is renewed this long before it ends, or in the last third of a short life. */
const AHEAD_SECONDS = 300;

/** How long one renewal has the word; its request takes ten seconds at most. */
const RENEWAL_SECONDS = 30;

/** How long others wait for its outcome, and how often they look. */
const WAIT_MS = 15_000;
const LOOK_MS = 100;

/** After a renewal that had no answer, while the token is still good. */
const PAUSE_SECONDS = 30;

/** A server that refuses token after token is not given a new one each time. */
const REFUSALS_APART_SECONDS = 60;

type Grant = {
  id: string;
  provider: OAuthProvider;
  kind: string;
  tenant: string;
  clientId: string;
  accessTokenSealed: string;
  refreshTokenSealed: string | null;
  version: number;
  /** Why no token can be got any more; null while all is well. */
  signInLost: string | null;
  /** By the database's clock. */
  isGood: boolean;
  isFresh: boolean;
  failedJustNow: boolean;
  /** A renewal for this reason came to a token, which is refused as well. */
  refusedJustNow: boolean;
  isBeingRenewed: boolean;
};

/**
 * Where the connections of an account get their access token. It is renewed before it ends, and when
 * a server refuses it; whoever else needs one meanwhile, in any process, waits for that one renewal.
 */
export class GrantTokens implements TokenSource {
  constructor(readonly grantId: string) {}

  /**
   * A token that is good now. With `refused`, the one that a mail server has just refused, another
   * is got, once a minute at most; then the same comes back, and the server's refusal stands.
   * @throws MailError: "auth" when somebody has to sign in again, "config" when our app is refused,
   * "transient" when the provider has no answer and the token is over. AppError "unavailable" when
   * APP_SECRET has changed.
   */
  async accessToken(refused?: string): Promise<string> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const grant = await readGrant(this.grantId);
      const token = unsealToken(grant.id, "accessToken", grant.accessTokenSealed);
      const isRefused = token === refused;
      if (grant.signInLost !== null) throw lostBefore(grant);
      if (isRefused && grant.refusedJustNow && !grant.isBeingRenewed) return token;
      if (!isRefused && (grant.isFresh || (grant.isGood && grant.failedJustNow))) return token;
      if (await beginRenewal(grant, isRefused)) return await this.renewed(grant, token, isRefused);
      // Somebody else is at it; a token that is good for a while needs no waiting.
      if (!isRefused && grant.isGood) return token;
      if (performance.now() > until) throw tooSlow(grant);
      await sleep(LOOK_MS);
    }
  }

  /** The token as it is, to be left out of what is written down; "" when it can't be opened. */
  async peek(): Promise<string> {
    try {
      const grant = await readGrant(this.grantId);
      return unsealToken(grant.id, "accessToken", grant.accessTokenSealed);
    } catch (error) {
      if (error instanceof AppError || error instanceof MailError) return "";
      throw error;
    }
  }

  private async renewed(grant: Grant, token: string, isRefused: boolean): Promise<string> {
    try {
      const tokens = await requestNext(grant);
      await keepTokens(grant, tokens);
      return tokens.accessToken;
    } catch (error) {
      const isLost = error instanceof MailError && error.code === "EOAUTHLOST";
      await endRenewal(grant, isLost ? error.message : null);
      // Until its real end the token does: mail goes on while the provider has trouble.
      if (!isLost && !isRefused && grant.isGood) return token;
      throw error;
    }
  }
}

async function readGrant(id: string): Promise<Grant> {
  const { rows } = await db().pool.query<Grant>(
    `SELECT g."id", g."provider"::text AS "provider", g."kind", g."tenant", g."clientId", g."accessTokenSealed",
       g."refreshTokenSealed", g."version", a."signInLost",
       g."expiresAt" > now() + interval '10 seconds' AS "isGood",
       g."expiresAt" > now() + LEAST(make_interval(secs => $2), (g."expiresAt" - g."renewedAt") / 3) AS "isFresh",
       coalesce(g."failedAt" > now() - make_interval(secs => $3), false) AS "failedJustNow",
       coalesce(g."refusedAt" > now() - make_interval(secs => $4) AND (g."failedAt" < g."refusedAt") IS NOT FALSE, false) AS "refusedJustNow",
       coalesce(g."renewingUntil" > now(), false) AS "isBeingRenewed"
     FROM "OAuthGrant" g LEFT JOIN "EmailAccount" a ON a."grantId" = g."id" WHERE g."id" = $1`,
    [id, AHEAD_SECONDS, PAUSE_SECONDS, REFUSALS_APART_SECONDS],
  );
  const [grant] = rows;
  if (grant) return grant;
  throw new MailError({
    ...{ kind: "auth", code: "EOAUTHLOST", serverSaid: null },
    cause: "Nobody is signed in for this account.",
    fix: "Press Reconnect and sign in.",
  });
}

/**
 * Takes the word for one renewal, in one statement: neither a lock nor a transaction is held while
 * the provider is asked. @returns false when somebody else has it, or was faster.
 */
async function beginRenewal(grant: Grant, isRefused: boolean): Promise<boolean> {
  const taken = await db().pool.query(
    `UPDATE "OAuthGrant" SET "renewingUntil" = now() + make_interval(secs => $3),
       "refusedAt" = CASE WHEN $4 THEN now() ELSE "refusedAt" END
     WHERE "id" = $1 AND "version" = $2 AND ("renewingUntil" IS NULL OR "renewingUntil" < now())`,
    [grant.id, grant.version, RENEWAL_SECONDS, isRefused],
  );
  return taken.rowCount === 1;
}

async function requestNext(grant: Grant): Promise<TokenAnswer> {
  const client = await clientFor(grant);
  if (grant.kind === "app") return requestAppToken(client);
  if (grant.refreshTokenSealed === null)
    throw new MailError({
      ...{ kind: "auth", code: "EOAUTHLOST", serverSaid: null },
      cause: `${PROVIDER_NAMES[grant.provider]} gave no right to stay signed in.`,
      fix: "Press Reconnect and sign in again.",
    });
  return refreshTokens(client, unsealToken(grant.id, "refreshToken", grant.refreshTokenSealed));
}

/** A consent is given to one client, and asked for where it was given. */
async function clientFor(grant: Grant): Promise<OAuthClient> {
  const client = await findClient(grant.provider);
  const name = PROVIDER_NAMES[grant.provider];
  if (!client)
    throw new MailError({
      ...{ kind: "config", code: "EOAUTHCLIENT", serverSaid: null },
      cause: `Sign-in with ${name} is not set up any more.`,
      fix: "Enter the client id and secret under Admin Portal → Settings → Sign-in for mail.",
    });
  if (client.clientId === grant.clientId) {
    // An app of one organisation moves with its settings; a consent stays where it was given.
    return grant.kind === "app" ? client : { ...client, tenant: grant.tenant };
  }
  // Not for good: the client of before may be set up again.
  throw new MailError({
    ...{ kind: "auth", code: "EOAUTHOTHER", serverSaid: null },
    cause: `This account was connected by another app at ${name} than the one that is set up now.`,
    fix: "Press Reconnect and sign in again.",
  });
}

/**
 * Keeps both tokens in one statement. By the version, whoever was overtaken writes nothing over newer
 * tokens.
 */
async function keepTokens(grant: Grant, tokens: TokenAnswer): Promise<void> {
  const { accessToken, refreshToken, lifeSeconds } = tokens;
  await db().pool.query(
    `UPDATE "OAuthGrant" SET "accessTokenSealed" = $3, "refreshTokenSealed" = COALESCE($4, "refreshTokenSealed"),
       "renewedAt" = now(), "expiresAt" = now() + make_interval(secs => $5), "version" = "version" + 1,
       "renewingUntil" = NULL, "failedAt" = NULL
     WHERE "id" = $1 AND "version" = $2`,
    [
      grant.id,
      grant.version,
      sealToken(grant.id, "accessToken", accessToken),
      refreshToken === null ? null : sealToken(grant.id, "refreshToken", refreshToken),
      lifeSeconds,
    ],
  );
}

/** Gives the word back without a token. With `lost`, the account says so until somebody signs in. */
async function endRenewal(grant: Grant, lost: string | null): Promise<void> {
  const ended = await db().pool.query<{ accountId: string | null }>(
    `WITH ended AS (
       UPDATE "OAuthGrant" SET "renewingUntil" = NULL, "failedAt" = now() WHERE "id" = $1 AND "version" = $2 RETURNING "id")
     UPDATE "EmailAccount" a SET "signInLost" = $3 FROM ended
     WHERE a."grantId" = ended."id" AND $3::text IS NOT NULL RETURNING a."id" AS "accountId"`,
    [grant.id, grant.version, lost],
  );
  const accountId = ended.rows[0]?.accountId;
  if (accountId) await notifyNow("account", accountId);
}

/** The provider is not asked again what it has answered for good. */
function lostBefore({ signInLost }: Grant): MailError {
  return new MailError({
    ...{ kind: "auth", code: "EOAUTHLOST", serverSaid: null },
    cause: signInLost ?? "",
    fix: "Press Reconnect and sign in again. Mail waits on the server until then.",
  });
}

function tooSlow({ provider }: Grant): MailError {
  return new MailError({
    ...{ kind: "transient", code: "EOAUTHDOWN", serverSaid: null },
    cause: `${PROVIDER_NAMES[provider]}'s sign-in took too long.`,
    fix: "It will be tried again. Nothing is lost meanwhile.",
  });
}
