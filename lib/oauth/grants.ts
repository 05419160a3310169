import type { AccountActor } from "../accounts/admin";
import { db, type Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import { env } from "../env";
import { AppError } from "../errors";
import { newId } from "../new-id";
import { seal, unseal } from "../secrets";
import { isUuid } from "../uuid";
import type { OAuthClient } from "./clients";
import type { OAuthProvider } from "./providers";
import type { Consenter, TokenAnswer } from "./requests";

/** A sign-in that waits for its form to be saved. */
export type PendingGrant = {
  id: string;
  provider: OAuthProvider;
  kind: "person" | "app";
  /** Who signed in; "" for an app, or when the provider did not say. */
  signedInAs: string;
  /** What stood in the form when the sign-in began; never a password. */
  form: Record<string, string>;
};

/** How long a sign-in waits for its form. */
const PENDING_HOURS = 24;

type TokenField = "accessToken" | "refreshToken";

/** Seals a token of a grant; the result opens only in that grant's own field. */
export function sealToken(grantId: string, field: TokenField, token: string): string {
  return seal(env().APP_SECRET, placeOf(grantId, field), token);
}

/** Opens what sealToken() made. @throws AppError "unavailable" when APP_SECRET has changed. */
export function unsealToken(grantId: string, field: TokenField, sealed: string): string {
  return unseal(env().APP_SECRET, placeOf(grantId, field), sealed);
}

function placeOf(grantId: string, field: TokenField): string {
  return `OAuthGrant:${grantId}:${field}`;
}

/** What is written on a grant when tokens come with a sign-in; the database's clock decides how long. */
function grantColumns(
  grantId: string,
  { client, consenter, tokens, now }: NewGrant & { now: Date },
) {
  return {
    provider: client.provider,
    kind: consenter ? "person" : "app",
    tenant: client.tenant,
    clientId: client.clientId,
    username: consenter?.username ?? "",
    subject: consenter?.subject ?? "",
    accessTokenSealed: sealToken(grantId, "accessToken", tokens.accessToken),
    refreshTokenSealed: tokens.refreshToken
      ? sealToken(grantId, "refreshToken", tokens.refreshToken)
      : null,
    renewedAt: now,
    expiresAt: new Date(now.getTime() + tokens.lifeSeconds * 1000),
    ...{ renewingUntil: null, refusedAt: null, failedAt: null },
  };
}

type NewGrant = { client: OAuthClient; consenter: Consenter | null; tokens: TokenAnswer };

/** Keeps what a sign-in brought, for the form of whoever signed in. @returns its id. */
export async function keepPending(
  tx: Tx,
  actor: AccountActor,
  grant: NewGrant & { form: Record<string, string>; now: Date },
): Promise<string> {
  const id = newId();
  await tx.oAuthGrant.create({
    data: { id, ...grantColumns(id, grant), createdById: actor.id, form: grant.form },
    select: { id: true },
  });
  return id;
}

/** Forgets sign-ins that nobody ended in time, and those whose form nobody saved within a day. */
export async function forgetAbandoned(): Promise<void> {
  await db().pool.query(`DELETE FROM "OAuthSignIn" WHERE "expiresAt" < now()`);
  await db().pool.query(
    `DELETE FROM "OAuthGrant" g WHERE g."createdAt" < now() - make_interval(hours => $1)
       AND NOT EXISTS (SELECT 1 FROM "EmailAccount" a WHERE a."grantId" = g."id")`,
    [PENDING_HOURS],
  );
}

/** Puts the tokens of another sign-in in place of a grant's: same mailbox, connected again. */
export async function replaceTokens(
  tx: Tx,
  grantId: string,
  grant: NewGrant & { now: Date },
): Promise<void> {
  await tx.oAuthGrant.update({
    where: { id: grantId },
    data: { ...grantColumns(grantId, grant), version: { increment: 1 } },
    select: { id: true },
  });
}

/**
 * The sign-in that waits for a form to be saved: of this admin, and not older than a day.
 * @throws AppError "not-found".
 */
export async function getPendingGrant(actor: AccountActor, id: string): Promise<PendingGrant> {
  const grant = isUuid(id)
    ? await db().prisma.oAuthGrant.findFirst({
        where: { id, ...PENDING_OF(actor) },
        select: { provider: true, kind: true, username: true, form: true },
      })
    : null;
  if (!grant || grant.provider === "SMTP")
    throw new AppError("not-found", "This sign-in is over. Sign in again.", "grantId");
  return {
    id,
    provider: grant.provider,
    kind: grant.kind === "app" ? "app" : "person",
    signedInAs: grant.username,
    form: formIn(grant.form),
  };
}

/** What a form sent, without what is secret in it and without what is too long to keep. */
export function formToKeep(form: Record<string, string>): Record<string, string> {
  const entries = Object.entries(form).filter(
    ([name, value]) => !/password|secret|token/i.test(name) && value.length <= 10_000,
  );
  return Object.fromEntries(entries.slice(0, 100));
}

/** A stored form as it was. */
export function formIn(stored: unknown): Record<string, string> {
  if (typeof stored !== "object" || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/**
 * Gives a waiting sign-in to its account; it waits no longer. Whatever the account had is forgotten.
 * @throws AppError "not-found" when it is over, or was another admin's.
 */
export async function giveGrant(
  tx: Tx,
  actor: AccountActor,
  { grantId, accountId }: { grantId: string; accountId: string },
): Promise<void> {
  const taken = await tx.oAuthGrant.updateMany({
    where: { id: grantId, ...PENDING_OF(actor) },
    data: { form: Prisma.DbNull },
  });
  if (taken.count !== 1)
    throw new AppError("not-found", "This sign-in is over. Sign in again.", "grantId");
  await dropGrant(tx, accountId);
  await tx.emailAccount.update({
    where: { id: accountId },
    data: { grantId, signInLost: null },
    select: { id: true },
  });
}

/** Forgets what an account's tokens are got with; nothing when it has none. */
export async function dropGrant(tx: Tx, accountId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "OAuthGrant" WHERE "id" = (SELECT "grantId" FROM "EmailAccount" WHERE "id" = ${accountId}::uuid)`;
}

const PENDING_OF = ({ id }: AccountActor) => ({
  createdById: id,
  account: { is: null },
  createdAt: { gt: new Date(Date.now() - PENDING_HOURS * 3_600_000) },
});
