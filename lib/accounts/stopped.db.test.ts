import { beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { accountsByApp } from "../oauth/app-accounts";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount } from "../testing/factories";
import { stoppedAccounts } from "./stopped";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const LOST = "Consent for Mailroom was withdrawn at Microsoft.";

async function grant(kind: "person" | "app"): Promise<string> {
  const { id } = await db().prisma.oAuthGrant.create({
    data: {
      ...{ provider: "MICROSOFT", kind, clientId: "app", accessTokenSealed: "sealed" },
      expiresAt: new Date(),
    },
    select: { id: true },
  });
  return id;
}

it("an account whose sign-in ended is stopped, polled or not, and can be connected again", async () => {
  const grantId = await grant("person");
  const fields = { provider: "MICROSOFT", grantId, isActive: true } as const;
  const account = await createAccount({ ...fields, signInLost: LOST });
  expect(await stoppedAccounts()).toMatchObject({
    ...{ count: 1, email: account.email, needsPassword: false },
    reconnect: { id: account.id, provider: "MICROSOFT" },
  });
  await db().prisma.emailAccount.update({
    where: { id: account.id },
    data: { signInLost: null },
  });
  expect(await stoppedAccounts()).toBeNull();
});

it("nobody signs in again for an account that our app reads by itself, nor for one that is off", async () => {
  const byApp = { provider: "MICROSOFT", grantId: await grant("app"), signInLost: LOST } as const;
  await createAccount({ ...byApp, isActive: true });
  expect(await stoppedAccounts()).toMatchObject({ count: 1, reconnect: null });
  await db().prisma.emailAccount.updateMany({ data: { isActive: false } });
  expect(await stoppedAccounts()).toBeNull();
});

it("accounts are counted by the provider they sign in at", async () => {
  await createAccount();
  expect(await accountsByApp()).toEqual({ MICROSOFT: 0, GOOGLE: 0 });
  await createAccount({ provider: "GOOGLE" });
  await createAccount({ provider: "MICROSOFT" });
  await createAccount({ provider: "MICROSOFT" });
  expect(await accountsByApp()).toEqual({ MICROSOFT: 2, GOOGLE: 1 });
});
