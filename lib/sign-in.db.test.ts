import { beforeEach, describe, expect, it } from "vitest";
import { db } from "./db/client";
import { hashPassword } from "./passwords";
import { takeTry } from "./rate-limit";
import { checkSignIn, WRONG_SIGN_IN } from "./sign-in";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createUser } from "./testing/factories";
import { createUser as addUser } from "./users";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const PASSWORD = "correct horse battery";
const ip = "192.0.2.7";

async function nora(fields: { isActive?: boolean } = {}) {
  return createUser({
    email: "nora@desk.example",
    passwordHash: await hashPassword(PASSWORD),
    ...fields,
  });
}

describe("checkSignIn", () => {
  it("lets in whoever knows the password, however the address is written", async () => {
    const user = await nora();
    const result = await checkSignIn({ email: " NORA@Desk.Example ", password: PASSWORD, ip });
    expect(result).toEqual({ ok: true, userId: user.id });
  });

  it("knows a domain in its own letters, as it was given when the user was added", async () => {
    const admin = { id: null, role: "ADMIN" } as const;
    const email = "nora@münchen.example";
    const person = { email, name: "Nora", role: "AGENT", password: PASSWORD } as const;
    const { id } = await addUser(admin, person);
    const result = await checkSignIn({ email, password: PASSWORD, ip });
    expect(result).toEqual({ ok: true, userId: id });
  });

  it("says one and the same of a wrong password, an unknown address and a deactivated user", async () => {
    await nora({ isActive: false });
    const tries = [
      { email: "nora@desk.example", password: "wrong wrong wrong" },
      { email: "nora@desk.example", password: PASSWORD },
      { email: "nobody@desk.example", password: PASSWORD },
      { email: "", password: "" },
      { email: "nora\0@desk.example", password: PASSWORD },
    ];
    for (const each of tries)
      expect(await checkSignIn({ ...each, ip })).toEqual({ ok: false, message: WRONG_SIGN_IN });
  });

  it("lets nobody in who has no password yet", async () => {
    await createUser({ email: "nora@desk.example", passwordHash: null });
    const result = await checkSignIn({ email: "nora@desk.example", password: "", ip });
    expect(result).toMatchObject({ ok: false });
  });

  it("stops guessing at one account after ten tries, even with the right password", async () => {
    await nora();
    const attempt = (password: string, from = ip) =>
      checkSignIn({ email: "nora@desk.example", password, ip: from });
    for (let n = 0; n < 10; n++)
      expect(await attempt("wrong wrong wrong")).toMatchObject({ message: WRONG_SIGN_IN });
    const refused = await attempt(PASSWORD);
    expect(refused).toMatchObject({ ok: false });
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^Too many tries\. Try again in 1\d minutes\.$/),
    });
    // The owner at another place is not locked out by that.
    expect(await attempt(PASSWORD, "198.51.100.2")).toMatchObject({ ok: true });
  });

  it("forgets the wrong tries once the right password came", async () => {
    await nora();
    const attempt = (password: string) => checkSignIn({ email: "nora@desk.example", password, ip });
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 9; n++) await attempt("wrong wrong wrong");
      expect(await attempt(PASSWORD)).toMatchObject({ ok: true });
    }
  });
});

it("an office behind one address may sign in all day", async () => {
  await nora();
  const key = () =>
    db().pool.query<{ points: number }>(
      "SELECT points FROM \"RateLimit\" WHERE key LIKE 'sign-in-ip:%'",
    );
  for (let n = 0; n < 3; n++)
    await checkSignIn({ email: "nora@desk.example", password: PASSWORD, ip });
  expect((await key()).rows).toMatchObject([{ points: 0 }]);
  await checkSignIn({ email: "nora@desk.example", password: "wrong wrong wrong", ip });
  expect((await key()).rows).toMatchObject([{ points: 1 }]);
});

describe("takeTry", () => {
  const limit = { name: "test", points: 2, perSeconds: 60 };

  it("counts per key and says how long to wait", async () => {
    expect(await takeTry(limit, "a")).toBe(0);
    expect(await takeTry(limit, "a")).toBe(0);
    const waitMs = await takeTry(limit, "a");
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect(await takeTry(limit, "b")).toBe(0);
  });

  it("takes any key, and stores none as it is", async () => {
    for (const key of ["\0", "x".repeat(10_000), "nora@desk.example"])
      expect(await takeTry(limit, key)).toBe(0);
    const { rows } = await db().pool.query<{ key: string }>('SELECT key FROM "RateLimit"');
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain("nora");
  });
});
