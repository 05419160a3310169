import { afterAll, beforeAll, beforeEach } from "vitest";
import { createAccount } from "../accounts/create";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { grantAppAccess } from "../oauth/app-access";
import { PROVIDER_NAMES, redirectUri } from "../oauth/providers";
import { beginSignIn, finishSignIn, type SignInActor } from "../oauth/sign-in";
import { startSession } from "../sessions";
import { emptyDatabase, useTestDatabase } from "./database";
import { createUser } from "./factories";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";
import { type MailBed, startMailBed } from "./mail-bed";
import {
  type OpenIdProvider,
  type SpeaksAs,
  startOpenIdProvider,
  TEST_TENANT,
} from "./openid-provider";

/** Both providers, a mail bed that takes the tokens of either, and an admin who is signed in. */
export type OAuthWorld = {
  microsoft: OpenIdProvider;
  google: OpenIdProvider;
  bed: MailBed;
  /** Before the bed's IMAP server; it breaks nothing at a test's beginning. */
  proxy: FaultProxy;
};

export let world: OAuthWorld;
export let admin: SignInActor;

/** Gives a file such a world, and each of its tests an empty database and an admin. */
export function useOAuthWorld({ mechanisms }: { mechanisms?: string } = {}): void {
  useTestDatabase();
  beforeAll(async () => {
    world = await startWorld(mechanisms);
    Object.assign(process.env, environmentOf(world));
    reloadEnv();
  });
  afterAll(async () => {
    await world?.proxy.close();
    await world?.bed.stop();
    await Promise.all([world?.microsoft.stop(), world?.google.stop()]);
  });
  beforeEach(async () => {
    await emptyDatabase(db().pool);
    world.proxy.set({});
    for (const provider of [world.microsoft, world.google]) provider.reset();
    admin = await signedInAdmin();
  });
}

async function startWorld(mechanisms?: string): Promise<OAuthWorld> {
  const [microsoft, google] = await Promise.all([
    startOpenIdProvider("MICROSOFT", redirectUri()),
    startOpenIdProvider("GOOGLE", redirectUri()),
  ]);
  const bed = await startMailBed({
    mailboxOf: async (token) =>
      (await microsoft.mailboxOf(token)) ?? (await google.mailboxOf(token)),
    ...(mechanisms === undefined ? {} : { mechanisms }),
  });
  return { microsoft, google, bed, proxy: await startFaultProxy(bed.imapPort) };
}

/** What a process of ours has to be started with to use these providers. */
export function environmentOf({ microsoft, google }: Pick<OAuthWorld, "microsoft" | "google">) {
  return {
    MICROSOFT_AUTHORITY: microsoft.origin,
    MICROSOFT_CLIENT_ID: microsoft.clientId,
    MICROSOFT_CLIENT_SECRET: microsoft.clientSecret,
    MICROSOFT_TENANT: TEST_TENANT,
    GOOGLE_AUTHORITY: google.origin,
    GOOGLE_OAUTH_API: google.origin,
    GOOGLE_CLIENT_ID: google.clientId,
    GOOGLE_CLIENT_SECRET: google.clientSecret,
    OAUTH_MAIL_HOSTS: "127.0.0.1",
  };
}

/** An admin in a browser session of their own. */
export async function signedInAdmin(): Promise<SignInActor> {
  const { id } = await createUser({ role: "ADMIN" });
  return { id, role: "ADMIN", sessionId: await startSession(id, null) };
}

export const providerOf = (as: SpeaksAs): OpenIdProvider =>
  as === "MICROSOFT" ? world.microsoft : world.google;

/** The fields of an account on the bed, over the proxy, with polling on from the beginning. */
export function accountFields(as: SpeaksAs, email: string): AccountInput {
  return {
    ...{ email, provider: as, pollingEnabled: true, startMode: "all" },
    ...{ smtpHost: "127.0.0.1", smtpPort: world.bed.smtpPort, smtpSecurity: "none" },
    ...{ imapHost: "127.0.0.1", imapPort: world.proxy.port, imapSecurity: "none" },
  };
}

/** Somebody signs in at the provider for a form about `email`. @returns how it ended. */
export async function signInFor(as: SpeaksAs, email: string, person = email) {
  const { url } = await beginSignIn(admin, { provider: as, email, form: { email, name: "Desk" } });
  const back = await providerOf(as).consent(url, person);
  return finishSignIn(admin, back.searchParams);
}

/** As signInFor(), for sign-ins that have to go well. @returns what waits for the form. */
export async function grantFor(as: SpeaksAs, email: string, person = email): Promise<string> {
  const outcome = await signInFor(as, email, person);
  if (outcome.status === "granted") return outcome.grantId;
  throw new Error(`The sign-in with ${PROVIDER_NAMES[as]} ended: ${JSON.stringify(outcome)}`);
}

/** Connects an account by the consent of whoever has the address. */
export async function connectBySignIn(
  as: SpeaksAs,
  email: string,
  { person = email, ...fields }: Partial<AccountInput> & { person?: string } = {},
): Promise<{ id: string; grantId: string }> {
  const grantId = await grantFor(as, email, person);
  const { id } = await createAccount(admin, { ...accountFields(as, email), grantId, ...fields });
  return { id, grantId };
}

/** Connects an account that our own app reads by itself. */
export async function connectByApp(email: string): Promise<{ id: string; grantId: string }> {
  const { grantId } = await grantAppAccess(admin, { email });
  const fields = accountFields("MICROSOFT", email);
  const { id } = await createAccount(admin, { ...fields, grantId });
  return { id, grantId };
}

/** Lets the access token of a grant be over in so many seconds, after an hour's life. */
export async function letTokenEnd(grantId: string, seconds: number): Promise<void> {
  await db().pool.query(
    `UPDATE "OAuthGrant" SET "expiresAt" = now() + make_interval(secs => $2),
       "renewedAt" = now() - interval '1 hour' WHERE "id" = $1`,
    [grantId, seconds],
  );
}
