import { afterEach, beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { OWNER } from "../testing/pipeline";
import {
  clientStatus,
  findClient,
  getClient,
  listClients,
  removeClient,
  saveClient,
} from "./clients";

useTestDatabase();

beforeEach(() => emptyDatabase(db().pool));
afterEach(() => {
  for (const name of ["ID", "SECRET", "TENANT"]) delete process.env[`MICROSOFT_CLIENT_${name}`];
  delete process.env.MICROSOFT_TENANT;
  reloadEnv();
});

const SECRET = "s3cret~of.the_app";
const save = (fields: Partial<{ clientId: string; clientSecret: string; tenant: string }> = {}) =>
  saveClient(OWNER, "MICROSOFT", { clientId: "app", clientSecret: SECRET, ...fields });

it("a client is kept sealed, shown without its secret, and found with it", async () => {
  expect(await findClient("MICROSOFT")).toBeNull();
  await expect(getClient("MICROSOFT")).rejects.toMatchObject({ code: "unavailable" });
  await save({ tenant: "contoso.example" });
  expect(await clientStatus("MICROSOFT")).toEqual({
    ...{ provider: "MICROSOFT", source: "settings", clientId: "app", hasSecret: true },
    tenant: "contoso.example",
  });
  expect(await getClient("MICROSOFT")).toEqual({
    ...{ provider: "MICROSOFT", clientId: "app", clientSecret: SECRET },
    tenant: "contoso.example",
  });
  const dump = JSON.stringify([
    await db().prisma.setting.findMany(),
    await db().prisma.auditLog.findMany(),
  ]);
  expect(dump).not.toContain(SECRET);
});

it("a blank secret keeps the one of the same client id, and of no other", async () => {
  await save();
  await save({ clientSecret: "", tenant: "contoso.example" });
  expect(await getClient("MICROSOFT")).toMatchObject({ clientSecret: SECRET });
  const other = save({ clientId: "other", clientSecret: "" });
  await expect(other).rejects.toMatchObject({ code: "invalid", field: "clientSecret" });
});

it.each([
  ["clientId", { clientId: " " }],
  ["clientId", { clientId: "ap p" }],
  ["clientSecret", { clientSecret: "line\nend" }],
  ["tenant", { tenant: "a/b" }],
])("refuses a wrong %s", async (field, fields) => {
  await expect(save(fields)).rejects.toMatchObject({ code: "invalid", field });
});

it("the environment goes before the settings, and can't be changed here", async () => {
  await save();
  process.env.MICROSOFT_CLIENT_ID = "by-environment";
  process.env.MICROSOFT_CLIENT_SECRET = "its secret";
  reloadEnv();
  expect(await listClients()).toMatchObject([
    { provider: "MICROSOFT", source: "environment", clientId: "by-environment", tenant: "" },
    { provider: "GOOGLE", source: null },
  ]);
  expect(await getClient("MICROSOFT")).toMatchObject({ tenant: "common" });
  await expect(save()).rejects.toMatchObject({ code: "conflict" });
  await expect(removeClient(OWNER, "MICROSOFT")).rejects.toMatchObject({ code: "conflict" });
});

it("is forgotten on request, and is for admins", async () => {
  await save();
  await removeClient(OWNER, "MICROSOFT");
  expect(await findClient("MICROSOFT")).toBeNull();
  const agent = { id: null, role: "AGENT" } as const;
  const input = { clientId: "app", clientSecret: SECRET };
  await expect(saveClient(agent, "GOOGLE", input)).rejects.toMatchObject({ code: "forbidden" });
});
