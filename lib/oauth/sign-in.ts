import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import { type AccountActor, assertAdmin, recordAudit } from "../accounts/admin";
import { databaseNow, lockAccount } from "../accounts/lock";
import { freshStart, retryDeliveries } from "../accounts/update";
import { db, inTransaction } from "../db/client";
import type { OAuthSignIn } from "../db/generated/client";
import { notify } from "../db/listen";
import { env } from "../env";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import { seal, unseal } from "../secrets";
import { MailError } from "../transport/mail-error";
import { isUuid } from "../uuid";
import { findClient, getClient, type OAuthClient } from "./clients";
import { formIn, formToKeep, keepPending, replaceTokens } from "./grants";
import {
  endpointsOf,
  extraParameters,
  missingScopes,
  type OAuthProvider,
  PROVIDER_NAMES,
  redirectUri,
  scopesOf,
} from "./providers";
import { type Consenter, exchangeCode, type TokenAnswer } from "./requests";

/** An admin in a browser. A sign-in that begins in one session ends in no other. */
export type SignInActor = AccountActor & { id: string; sessionId: string };

export type SignInRequest = {
  provider: OAuthProvider;
  /** The address the form is about. */
  email: string;
  /** What stands in the form, to be shown again afterwards; passwords are left out here. */
  form: Record<string, string>;
  /** The account that is edited; absent for a new one. */
  accountId?: string;
};

/** How a sign-in ended. Nothing secret is in it. */
export type SignInOutcome =
  /** "Reconnect" is done: the account has new tokens and is polled at once. */
  | { status: "connected"; accountId: string; email: string }
  /** A sign-in for a form: `grantId` goes with it when it is saved, tested or looked at. */
  | {
      status: "granted";
      provider: OAuthProvider;
      grantId: string;
      accountId: string | null;
      /** The address the form is about, and who signed in; "" when the provider did not say. */
      email: string;
      signedInAs: string;
      /** Somebody else signed in: the admin says whether that is meant, see `oauthMailbox`. */
      isOtherAddress: boolean;
      form: Record<string, string>;
    }
  /** The provider, or the person, said no: why, and what to do. */
  | {
      status: "refused";
      provider: OAuthProvider;
      accountId: string | null;
      isReconnect: boolean;
      cause: string;
      fix: string;
      form: Record<string, string>;
    }
  /** Not begun in this session, used before, or too old. Nothing was done. */
  | { status: "unknown"; cause: string; fix: string };

/** Signing in takes a while where a second factor or an administrator is asked for. */
const MINUTES_MAX = 15;

/**
 * Begins a sign-in: keeps what is needed to end it, sealed, bound to the session, for 15 minutes.
 * @returns the address at the provider to send the browser to.
 * @throws AppError "forbidden"; "unavailable" while no client is set up; "not-found" when the
 * account is gone.
 */
export async function beginSignIn(
  actor: SignInActor,
  { provider, email, form, accountId }: SignInRequest,
): Promise<{ url: string }> {
  assertAdmin(actor);
  if (accountId !== undefined) await assertAccount(accountId);
  const isShared = form.oauthMailbox === "shared";
  return begin(actor, provider, {
    ...{ email, form: formToKeep(form), accountId: accountId ?? null, isReconnect: false },
    loginHint: isShared ? "" : email,
  });
}

/**
 * Begins the sign-in of "Reconnect": of whoever signed in for this account before.
 * @throws AppError as beginSignIn(), and "conflict" for an account that has passwords.
 */
export async function beginReconnect(
  actor: SignInActor,
  accountId: string,
): Promise<{ url: string }> {
  assertAdmin(actor);
  const account = isUuid(accountId)
    ? await db().prisma.emailAccount.findUnique({
        where: { id: accountId },
        select: { email: true, provider: true, grant: { select: { kind: true, username: true } } },
      })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  const { email, provider, grant } = account;
  if (provider === "SMTP" || grant?.kind === "app")
    throw new AppError("conflict", `Nobody signs in for ${email}: edit the account instead.`);
  return begin(actor, provider, {
    ...{ email, form: {}, accountId, isReconnect: true },
    loginHint: grant?.username || email,
  });
}

type Begun = {
  email: string;
  form: Record<string, string>;
  accountId: string | null;
  isReconnect: boolean;
  loginHint: string;
};

async function begin(
  actor: SignInActor,
  provider: OAuthProvider,
  { loginHint, ...begun }: Begun,
): Promise<{ url: string }> {
  const client = await getClient(provider);
  const [state, nonce, verifier] = [
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
    oauth.generateRandomCodeVerifier(),
  ];
  const stateHash = hashOf(state);
  const now = await databaseNow();
  await db().prisma.oAuthSignIn.create({
    data: {
      ...begun,
      ...{ stateHash, provider, nonce },
      sessionId: actor.sessionId,
      tenant: client.tenant,
      clientId: client.clientId,
      redirectUri: redirectUri(),
      verifierSealed: seal(env().APP_SECRET, placeOf(stateHash), verifier),
      expiresAt: new Date(now.getTime() + MINUTES_MAX * 60_000),
    },
    select: { stateHash: true },
  });
  const url = new URL(endpointsOf(provider, client.tenant).authorize);
  const parameters = {
    client_id: client.clientId,
    response_type: "code",
    redirect_uri: redirectUri(),
    scope: scopesOf(provider).join(" "),
    ...{ state, nonce },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...extraParameters(provider),
    ...(loginHint ? { login_hint: loginHint } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href };
}

/**
 * Ends a sign-in with what the provider sent the browser back with. A state is used once, whatever
 * comes of it; one of another session, or none of ours, does nothing and says so.
 * @throws AppError "forbidden"; "not-found" when the account was deleted meanwhile.
 */
export async function finishSignIn(
  actor: SignInActor,
  parameters: URLSearchParams,
): Promise<SignInOutcome> {
  assertAdmin(actor);
  const state = parameters.get("state") ?? "";
  const begun = await takeSignIn(actor, state);
  if (begun === null) return UNKNOWN;
  const { provider, accountId, isReconnect } = begun;
  const refused = (cause: string, fix: string): SignInOutcome => ({
    ...{ status: "refused", provider, accountId, isReconnect, cause, fix },
    form: formIn(begun.form),
  });
  const client = await findClient(provider);
  if (client?.clientId !== begun.clientId)
    return refused("The client id was changed during this sign-in.", "Sign in again.");
  const asked = { ...client, tenant: begun.tenant };
  try {
    const { tokens, consenter } = await exchangeCode({
      ...{ client: asked, parameters, state, nonce: begun.nonce },
      redirectUri: begun.redirectUri,
      verifier: unseal(env().APP_SECRET, placeOf(begun.stateHash), begun.verifierSealed),
    });
    const lack = whatIsMissing(provider, tokens);
    if (lack) return refused(lack.cause, lack.fix);
    return await keep(actor, begun, { client: asked, consenter, tokens });
  } catch (error) {
    if (error instanceof MailError) return refused(error.message, error.fix);
    throw error;
  }
}

const UNKNOWN: SignInOutcome = {
  status: "unknown",
  cause: "This sign-in was not begun in this browser, was used already, or took too long.",
  fix: "Go back to the account and begin again.",
};

type Begin = Omit<OAuthSignIn, "provider"> & { provider: OAuthProvider };

/** Takes the row away: the same state can't be used twice, not even at the same moment. */
async function takeSignIn({ sessionId }: SignInActor, state: string): Promise<Begin | null> {
  if (!/^[\w-]{20,100}$/.test(state)) return null;
  const stateHash = hashOf(state);
  const [begun] = await db().prisma.$queryRaw<OAuthSignIn[]>`
    DELETE FROM "OAuthSignIn" WHERE "stateHash" = ${stateHash} AND "sessionId" = ${sessionId}::uuid
      AND "expiresAt" > now() RETURNING *`;
  return begun && begun.provider !== "SMTP" ? { ...begun, provider: begun.provider } : null;
}

function whatIsMissing(
  provider: OAuthProvider,
  { scope, refreshToken }: TokenAnswer,
): { cause: string; fix: string } | null {
  const name = PROVIDER_NAMES[provider];
  if (scope !== null && missingScopes(provider, scope).length > 0)
    return {
      cause: `Consent was given, but not to read and send mail at ${name}.`,
      fix: "Sign in again and leave all boxes ticked.",
    };
  if (refreshToken === null)
    return {
      cause: `${name} gave no right to stay signed in.`,
      fix:
        provider === "MICROSOFT"
          ? "Add the permission offline_access to the app's registration, then sign in again."
          : "Remove Mailroom from your Google account's connections, then sign in again.",
    };
  return null;
}

type Brought = { client: OAuthClient; consenter: Consenter; tokens: TokenAnswer };

async function keep(actor: SignInActor, begun: Begin, brought: Brought): Promise<SignInOutcome> {
  const { provider, accountId, email } = begun;
  const now = await databaseNow();
  return inTransaction(async (tx) => {
    if (accountId && begun.isReconnect) {
      const { account } = await lockAccount(tx, accountId);
      const before = account.grantId
        ? await tx.oAuthGrant.findUnique({
            where: { id: account.grantId },
            select: { id: true, username: true, subject: true },
          })
        : null;
      if (before && account.provider === provider && isSamePerson(before, brought.consenter)) {
        await replaceTokens(tx, before.id, { ...brought, now });
        const data = { ...freshStart(now), signInLost: null };
        await tx.emailAccount.update({ where: { id: accountId }, data, select: { id: true } });
        await retryDeliveries(tx, accountId, now);
        await recordAudit(tx, actor, {
          ...{ action: "account.reconnected", accountId },
          data: { email: account.email, provider, signedInAs: brought.consenter.username },
        });
        await notify(tx, "account", accountId);
        return { status: "connected", accountId, email: account.email };
      }
    }
    const form = formIn(begun.form);
    const grantId = await keepPending(tx, actor, { ...brought, form, now });
    const signedInAs = brought.consenter.username;
    return {
      ...{ status: "granted", provider, grantId, accountId, email, signedInAs, form },
      isOtherAddress: addressKey(signedInAs) !== addressKey(email),
    };
  });
}

function isSamePerson(before: Consenter, now: Consenter): boolean {
  const hasId = before.subject !== "" && now.subject !== "";
  return hasId
    ? before.subject === now.subject
    : addressKey(before.username) === addressKey(now.username);
}

async function assertAccount(id: string): Promise<void> {
  const found = isUuid(id) ? await db().prisma.emailAccount.count({ where: { id } }) : 0;
  if (found === 0) throw new AppError("not-found", "There is no such email account.");
}

const hashOf = (state: string) => createHash("sha256").update(state).digest("hex");
const placeOf = (stateHash: string) => `OAuthSignIn:${stateHash}:verifier`;
