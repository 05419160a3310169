import { beforeEach, describe, expect, it } from "vitest";
import { db } from "./db/client";
import { createFirstAdmin, ensureSetupToken, setupState } from "./setup-token";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createUser } from "./testing/factories";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const nora = { email: "nora@desk.example", name: "Nora Brandt", password: "correct horse battery" };

async function freshToken(): Promise<string> {
  const token = await ensureSetupToken();
  if (token === null) throw new Error("there is a user already");
  return token;
}

it("the token is long, and only its hash is stored", async () => {
  const token = await freshToken();
  expect(token).toMatch(/^[\w-]{24}$/);
  expect(JSON.stringify(await db().prisma.setting.findMany())).not.toContain(token);
});

it("a new start makes a new token, and the old one stops working", async () => {
  const [old, current] = [await freshToken(), await freshToken()];
  expect(await setupState(old)).toBe("wrong-token");
  expect(await setupState(current)).toBe("open");
  await expect(createFirstAdmin(old, nora)).rejects.toMatchObject({ code: "forbidden" });
});

describe("createFirstAdmin", () => {
  it("creates the admin once and closes set-up for ever", async () => {
    const token = await freshToken();
    const id = await createFirstAdmin(token, nora);
    expect(await db().prisma.user.findMany()).toMatchObject([
      { id, email: nora.email, role: "ADMIN", isActive: true },
    ]);
    expect(await setupState(token)).toBe("closed");
    expect(await ensureSetupToken()).toBeNull();
    await expect(
      createFirstAdmin(token, { ...nora, email: "eve@desk.example" }),
    ).rejects.toMatchObject({ code: "not-found" });
    expect(await db().prisma.user.count()).toBe(1);
  });

  it("lets only one of two win that come at the same moment", async () => {
    const token = await freshToken();
    const results = await Promise.allSettled([
      createFirstAdmin(token, nora),
      createFirstAdmin(token, { ...nora, email: "eve@desk.example" }),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db().prisma.user.count()).toBe(1);
  });

  it("keeps the token when the form had a mistake", async () => {
    const token = await freshToken();
    for (const wrong of [{ password: "short" }, { email: "nora" }, { name: " " }])
      await expect(createFirstAdmin(token, { ...nora, ...wrong })).rejects.toMatchObject({
        code: "invalid",
      });
    expect(await setupState(token)).toBe("open");
  });

  it("opens for no guess, and not when no token was ever made", async () => {
    for (const guess of ["", "x", "undefined"]) expect(await setupState(guess)).toBe("wrong-token");
    await freshToken();
    for (const guess of ["", "x", "[object Object]"])
      await expect(createFirstAdmin(guess, nora)).rejects.toMatchObject({ code: "forbidden" });
    expect(await db().prisma.user.count()).toBe(0);
  });

  it("stays closed after the only user was deactivated", async () => {
    await createUser({ role: "ADMIN", isActive: false });
    expect(await ensureSetupToken()).toBeNull();
    expect(await setupState("")).toBe("closed");
  });
});
