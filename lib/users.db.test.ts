import { beforeEach, describe, expect, it } from "vitest";
import { db } from "./db/client";
import { findSession, startSession } from "./sessions";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createContact, createUser as makeUser } from "./testing/factories";
import {
  createUser,
  findUserByEmail,
  getUser,
  listUsers,
  setUserActive,
  setUserPassword,
  setUserRole,
} from "./users";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const PASSWORD = "correct horse battery";
const person = (email: string) => ({
  email,
  name: "Nora Brandt",
  role: "AGENT" as const,
  password: PASSWORD,
});
const admin = () => makeUser({ role: "ADMIN" });
const auditActions = async () =>
  (await db().prisma.auditLog.findMany({ orderBy: { createdAt: "asc" } })).map((row) => row.action);

describe("createUser", () => {
  it("adds someone, tidies what was typed and writes down who did it", async () => {
    const boss = await admin();
    const { id } = await createUser(boss, {
      ...person("  Nora@Desk.Example "),
      name: "  Nora\tBrandt ",
    });
    const user = await db().prisma.user.findUniqueOrThrow({ where: { id } });
    expect(user).toMatchObject({ email: "nora@desk.example", name: "Nora Brandt", role: "AGENT" });
    expect(user.passwordHash).toMatch(/^\$argon2id\$/);
    const audit = await db().prisma.auditLog.findMany();
    expect(audit).toMatchObject([
      { actorId: boss.id, action: "user.created", target: `User:${id}` },
    ]);
    expect(JSON.stringify(audit)).not.toContain(PASSWORD);
  });

  it("gives the new user the contact that wrote from this address before", async () => {
    const contact = await createContact({ email: "maria@customer.example" });
    const { id } = await createUser(null, {
      ...person("MARIA@customer.example"),
      role: "CUSTOMER",
    });
    expect(
      await db().prisma.contact.findUniqueOrThrow({ where: { id: contact.id } }),
    ).toMatchObject({ userId: id });
  });

  it("refuses an address that is here already, in whatever case", async () => {
    await createUser(null, person("nora@desk.example"));
    await expect(createUser(null, person("NORA@desk.example"))).rejects.toMatchObject({
      code: "conflict",
      field: "email",
    });
    expect(await db().prisma.user.count()).toBe(1);
  });

  it.each([
    "",
    "nora",
    "nora@",
    "nora@localhost",
    "a b@desk.example",
    "nora@desk.example\0",
    "a@b@c.example",
  ])("refuses %j as an address", async (email) => {
    await expect(createUser(null, person(email))).rejects.toMatchObject({
      code: "invalid",
      field: "email",
    });
  });

  it("refuses a short password and an empty name", async () => {
    await expect(
      createUser(null, { ...person("a@desk.example"), password: "short" }),
    ).rejects.toMatchObject({ code: "invalid", field: "password" });
    await expect(
      createUser(null, { ...person("a@desk.example"), name: "\u200b \n" }),
    ).rejects.toMatchObject({ code: "invalid", field: "name" });
  });
});

it("only admins change people", async () => {
  const agent = await makeUser({ role: "AGENT" });
  const other = await makeUser({ role: "CUSTOMER" });
  const refusal = { code: "forbidden" };
  await expect(createUser(agent, person("a@desk.example"))).rejects.toMatchObject(refusal);
  await expect(setUserRole(agent, other.id, "ADMIN")).rejects.toMatchObject(refusal);
  await expect(setUserActive(agent, other.id, false)).rejects.toMatchObject(refusal);
  await expect(setUserPassword(agent, other.id, PASSWORD)).rejects.toMatchObject(refusal);
});

describe("setUserRole", () => {
  it("takes effect in a session that is open already", async () => {
    const [boss, agent] = [await admin(), await makeUser({ role: "AGENT" })];
    const session = await startSession(agent.id, null);
    await setUserRole(boss, agent.id, "CUSTOMER");
    expect(await findSession(session)).toMatchObject({ role: "CUSTOMER" });
    expect(await auditActions()).toEqual(["user.role"]);
  });

  it("refuses to change one's own role and to take the last active admin's", async () => {
    const boss = await admin();
    const gone = await makeUser({ role: "ADMIN", isActive: false });
    await expect(setUserRole(boss, boss.id, "AGENT")).rejects.toMatchObject({ code: "conflict" });
    await expect(setUserRole(gone, boss.id, "AGENT")).rejects.toMatchObject({ code: "conflict" });
    expect(await getUser(boss.id)).toMatchObject({ role: "ADMIN" });
  });
});

describe("setUserActive", () => {
  it("ends the sessions of whoever is deactivated, and lets them sign in again later", async () => {
    const [boss, agent] = [await admin(), await makeUser()];
    const session = await startSession(agent.id, null);
    await setUserActive(boss, agent.id, false);
    expect(await findSession(session)).toBeNull();
    await setUserActive(boss, agent.id, true);
    expect(await getUser(agent.id)).toMatchObject({ isActive: true });
    expect(await findSession(session)).toBeNull();
    expect(await auditActions()).toEqual(["user.deactivated", "user.reactivated"]);
  });

  it("refuses oneself", async () => {
    const boss = await admin();
    await admin();
    await expect(setUserActive(boss, boss.id, false)).rejects.toMatchObject({ code: "conflict" });
  });

  it("keeps one admin when two deactivate each other at the same moment", async () => {
    const [one, two] = [await admin(), await admin()];
    const results = await Promise.allSettled([
      setUserActive(one, two.id, false),
      setUserActive(two, one.id, false),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db().prisma.user.count({ where: { role: "ADMIN", isActive: true } })).toBe(1);
  });

  it("knows nobody by a made-up id", async () => {
    const boss = await admin();
    for (const id of ["nonsense", "00000000-0000-7000-8000-000000000000"])
      await expect(setUserActive(boss, id, false)).rejects.toMatchObject({ code: "not-found" });
  });
});

it("a new password ends every session of that person", async () => {
  const [boss, agent] = [await admin(), await makeUser()];
  const session = await startSession(agent.id, null);
  await setUserPassword(boss, agent.id, "another long password");
  expect(await findSession(session)).toBeNull();
});

it("lists active people first, by name, without anything secret", async () => {
  await makeUser({ name: "Berta", isActive: false });
  await makeUser({ name: "Dora" });
  await makeUser({ name: "Carl" });
  const people = await listUsers();
  expect(people.map((each) => each.name)).toEqual(["Carl", "Dora", "Berta"]);
  expect(Object.keys(people[0] ?? {})).not.toContain("passwordHash");
});

it("finds a user by address in any case, and nobody by nonsense", async () => {
  const user = await makeUser({ email: "nora@desk.example" });
  expect(await findUserByEmail(" NORA@Desk.example ")).toMatchObject({ id: user.id });
  expect(await findUserByEmail("nora\0@desk.example")).toBeNull();
  expect(await findUserByEmail("")).toBeNull();
});
