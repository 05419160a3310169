import { z } from "zod";
import { type AccountActor, assertAdmin } from "../accounts/admin";
import { db, inTransaction, type Tx } from "../db/client";
import { env, isTenant } from "../env";
import { AppError } from "../errors";
import { seal, unseal } from "../secrets";
import { OAUTH_PROVIDERS, type OAuthProvider, PROVIDER_NAMES, tenantOf } from "./providers";

/** Our app as a provider knows it. With its secret: for requests only, never for a browser. */
export type OAuthClient = {
  provider: OAuthProvider;
  clientId: string;
  clientSecret: string;
  /** Microsoft: the tenant that is asked, "common" unless one is set up; Google: "". */
  tenant: string;
};

/** What the settings page shows of a client; no secret. */
export type ClientStatus = {
  provider: OAuthProvider;
  /** Who set it up: the environment goes first and can't be changed here. Null: nobody. */
  source: "environment" | "settings" | null;
  clientId: string;
  hasSecret: boolean;
  /** As entered; "" means any. */
  tenant: string;
};

const stored = z.object({ clientId: z.string(), secretSealed: z.string(), tenant: z.string() });

const keyOf = (provider: OAuthProvider) => `oauth.${provider.toLowerCase()}`;
const placeOf = (provider: OAuthProvider) => `Setting:${keyOf(provider)}:secret`;

/** What is typed on the settings page. */
const typed = z.object({
  clientId: z
    .string()
    .trim()
    .min(1, "Enter the client id.")
    .max(300, "The client id is too long.")
    .regex(/^[\x21-\x7e]*$/, "The client id holds characters it can't have."),
  clientSecret: z
    .string()
    .trim()
    .max(1000, "The client secret is too long.")
    .regex(/^[\x21-\x7e]*$/, "The client secret holds characters it can't have."),
  tenant: z
    .string()
    .trim()
    .refine((value) => value === "" || isTenant(value), {
      message: "The tenant is an id or a domain, such as yourcompany.onmicrosoft.com.",
    }),
});

/** Client ids and secrets by environment or settings, of both providers, as the settings page shows them. */
export async function listClients(): Promise<ClientStatus[]> {
  return Promise.all(OAUTH_PROVIDERS.map(clientStatus));
}

/** Whether and how a provider's client is set up. */
export async function clientStatus(provider: OAuthProvider): Promise<ClientStatus> {
  const fromEnv = clientOfEnv(provider);
  if (fromEnv) {
    const { clientId, clientSecret, tenant } = fromEnv;
    return { provider, source: "environment", clientId, hasSecret: clientSecret !== "", tenant };
  }
  const kept = await read(db().prisma, provider);
  if (!kept) return { provider, source: null, clientId: "", hasSecret: false, tenant: "" };
  const { clientId, tenant } = kept;
  return { provider, source: "settings", clientId, hasSecret: true, tenant };
}

/**
 * The client to sign in with, or null while none is set up.
 * @throws AppError "unavailable" when APP_SECRET has changed.
 */
export async function findClient(provider: OAuthProvider): Promise<OAuthClient | null> {
  const fromEnv = clientOfEnv(provider);
  if (fromEnv) return { provider, ...fromEnv, tenant: tenantOf(provider, fromEnv.tenant) };
  const kept = await read(db().prisma, provider);
  if (!kept) return null;
  return {
    provider,
    clientId: kept.clientId,
    clientSecret: unseal(env().APP_SECRET, placeOf(provider), kept.secretSealed),
    tenant: tenantOf(provider, kept.tenant),
  };
}

/** As findClient(). @throws AppError "unavailable" while none is set up. */
export async function getClient(provider: OAuthProvider): Promise<OAuthClient> {
  const client = await findClient(provider);
  if (client) return client;
  throw new AppError(
    "unavailable",
    `Sign-in with ${PROVIDER_NAMES[provider]} is not set up: an admin enters the client id and secret under Settings first.`,
  );
}

/**
 * Keeps a client id and secret, sealed. A blank secret keeps the one of the same client id. Accounts
 * that signed in with another client id have to be connected again.
 * @throws AppError "forbidden"; "conflict" when the environment has one; "invalid" with the field.
 */
export async function saveClient(
  actor: AccountActor,
  provider: OAuthProvider,
  input: { clientId: string; clientSecret: string; tenant?: string },
): Promise<void> {
  assertAdmin(actor);
  assertNotByEnv(provider);
  const { data, error } = typed.safeParse({ tenant: "", ...input });
  if (error) {
    const [issue] = error.issues;
    throw new AppError("invalid", issue?.message ?? "", String(issue?.path[0] ?? ""));
  }
  const { clientId, clientSecret } = data;
  const tenant = provider === "MICROSOFT" ? data.tenant : "";
  await inTransaction(async (tx) => {
    const before = await read(tx, provider);
    const keeps = clientSecret === "" && before?.clientId === clientId;
    if (clientSecret === "" && !keeps)
      throw new AppError("invalid", "Enter the client secret.", "clientSecret");
    const secretSealed = keeps
      ? before.secretSealed
      : seal(env().APP_SECRET, placeOf(provider), clientSecret);
    const key = keyOf(provider);
    const value = { clientId, secretSealed, tenant };
    await tx.setting.upsert({
      where: { key },
      create: { key, value },
      update: { value },
      select: { key: true },
    });
    await audit(tx, actor, "oauth.client-saved", { provider, clientId, tenant });
    await pollAgain(tx, provider);
  });
}

/** Forgets a client; accounts that signed in with it can't get tokens until one is entered again. */
export async function removeClient(actor: AccountActor, provider: OAuthProvider): Promise<void> {
  assertAdmin(actor);
  assertNotByEnv(provider);
  await inTransaction(async (tx) => {
    const { count } = await tx.setting.deleteMany({ where: { key: keyOf(provider) } });
    if (count > 0) await audit(tx, actor, "oauth.client-removed", { provider });
  });
}

function assertNotByEnv(provider: OAuthProvider): void {
  if (!clientOfEnv(provider)) return;
  throw new AppError(
    "conflict",
    `The client is set by ${provider}_CLIENT_ID in the environment; change it there and restart.`,
  );
}

/** What a corrected client changes is seen at once, not after the next pause. */
async function pollAgain(tx: Tx, provider: OAuthProvider): Promise<void> {
  await tx.$executeRaw`
    UPDATE "EmailAccount" SET "nextPollAt" = now()
    WHERE "provider" = ${provider}::"AccountProvider" AND "consecutiveFailures" > 0`;
  await tx.$executeRaw`
    UPDATE "OutboundEmail" o SET "nextAttemptAt" = now() FROM "EmailAccount" a
    WHERE a."id" = o."accountId" AND a."provider" = ${provider}::"AccountProvider"
      AND o."status" = 'QUEUED' AND o."lastError" IS NOT NULL AND o."nextAttemptAt" > now()`;
}

function clientOfEnv(
  provider: OAuthProvider,
): { clientId: string; clientSecret: string; tenant: string } | null {
  const {
    GOOGLE_CLIENT_ID,
    GOOGLE_CLIENT_SECRET,
    MICROSOFT_CLIENT_ID,
    MICROSOFT_CLIENT_SECRET,
    MICROSOFT_TENANT,
  } = env();
  const client =
    provider === "GOOGLE"
      ? { clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET, tenant: "" }
      : {
          clientId: MICROSOFT_CLIENT_ID,
          clientSecret: MICROSOFT_CLIENT_SECRET,
          tenant: MICROSOFT_TENANT,
        };
  return client.clientId === "" ? null : client;
}

async function read(
  tx: Pick<Tx, "setting">,
  provider: OAuthProvider,
): Promise<z.output<typeof stored> | null> {
  const row = await tx.setting.findUnique({
    where: { key: keyOf(provider) },
    select: { value: true },
  });
  return row ? stored.parse(row.value) : null;
}

/** Who changed it; never the secret. */
async function audit(
  tx: Tx,
  actor: AccountActor,
  action: string,
  data: Record<string, string>,
): Promise<void> {
  const target = `Setting:oauth.${(data.provider ?? "").toLowerCase()}`;
  await tx.auditLog.create({
    data: { actorId: actor.id, action, target, data },
    select: { id: true },
  });
}
