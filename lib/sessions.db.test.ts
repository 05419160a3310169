import { beforeEach, expect, it } from "vitest";
import { db } from "./db/client";
import { endAllSessions, endSession, findSession, startSession } from "./sessions";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createUser } from "./testing/factories";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

it("a session stands for its user and role", async () => {
  const user = await createUser({ role: "ADMIN" });
  const id = await startSession(user.id, "A browser");
  expect(await findSession(id)).toEqual({
    id: user.id,
    email: user.email,
    name: user.name,
    role: "ADMIN",
    singleKeys: true,
    sessionId: id,
  });
});

it("a session that was ended is over, and ending it again is no error", async () => {
  const user = await createUser();
  const [ended, other] = [await startSession(user.id, null), await startSession(user.id, null)];
  await endSession(ended);
  await endSession(ended);
  expect(await findSession(ended)).toBeNull();
  expect(await findSession(other)).not.toBeNull();
});

it("signing out everywhere ends one's own sessions and nobody else's", async () => {
  const [user, stranger] = [await createUser(), await createUser()];
  const mine = [await startSession(user.id, null), await startSession(user.id, null)];
  const theirs = await startSession(stranger.id, null);
  expect(await endAllSessions(user.id)).toBe(2);
  for (const id of mine) expect(await findSession(id)).toBeNull();
  expect(await findSession(theirs)).not.toBeNull();
});

it.each([
  ["idle for more than a week", { lastSeenAt: daysAgo(7.1) }],
  ["a month old, however much it was used", { expiresAt: daysAgo(0.001) }],
])("a session is over when it is %s", async (_what, data) => {
  const user = await createUser();
  const id = await startSession(user.id, null);
  await db().prisma.session.update({ where: { id }, data });
  expect(await findSession(id)).toBeNull();
});

it("a new session may live for thirty days", async () => {
  const user = await createUser();
  const id = await startSession(user.id, null);
  const row = await db().prisma.session.findUniqueOrThrow({ where: { id } });
  expect(Math.round((row.expiresAt.getTime() - row.createdAt.getTime()) / DAY_MS)).toBe(30);
});

it("use keeps a session alive, written down at most every five minutes", async () => {
  const user = await createUser();
  const id = await startSession(user.id, null);
  const seen = async () =>
    (await db().prisma.session.findUniqueOrThrow({ where: { id } })).lastSeenAt.getTime();
  const start = await seen();
  await findSession(id);
  expect(await seen()).toBe(start);
  await db().prisma.session.update({ where: { id }, data: { lastSeenAt: daysAgo(6.9) } });
  expect(await findSession(id)).not.toBeNull();
  expect(await seen()).toBeGreaterThan(daysAgo(1).getTime());
});

it("a deactivated user has no session, even one that was not ended", async () => {
  const user = await createUser();
  const id = await startSession(user.id, null);
  await db().prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
  expect(await findSession(id)).toBeNull();
});

it("nonsense is nobody's session", async () => {
  for (const id of ["", "x", "00000000-0000-7000-8000-000000000000", "' OR 1=1 --"])
    expect(await findSession(id)).toBeNull();
});

it("an endless user agent is cut, not refused", async () => {
  const user = await createUser();
  const id = await startSession(user.id, "x".repeat(100_000));
  const row = await db().prisma.session.findUniqueOrThrow({ where: { id } });
  expect(row.userAgent).toHaveLength(300);
});
