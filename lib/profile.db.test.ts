import { beforeEach, describe, expect, it } from "vitest";
import { findLink, makeLink } from "./access-links";
import { db, inTransaction } from "./db/client";
import { hashPassword } from "./passwords";
import {
  changeOwnKeys,
  changeOwnName,
  changeOwnPassword,
  changeOwnSignature,
  endOwnSession,
  listOwnSessions,
  ownSignature,
} from "./profile";
import { findSession, type SignedIn, startSession } from "./sessions";
import { checkSignIn } from "./sign-in";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createUser } from "./testing/factories";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const CURRENT = "the current password";
const NEW = "another good password";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

async function signedIn(): Promise<SignedIn> {
  const user = await createUser({ passwordHash: await hashPassword(CURRENT) });
  return { ...user, sessionId: await startSession(user.id, FIREFOX) };
}

describe("one's own password", () => {
  it("changes by the current one, and ends every session but this", async () => {
    const me = await signedIn();
    const elsewhere = await startSession(me.id, SAFARI);
    await changeOwnPassword(me, { current: CURRENT, password: NEW });
    expect(await findSession(me.sessionId)).not.toBeNull();
    expect(await findSession(elsewhere)).toBeNull();
    expect((await checkSignIn({ email: me.email, password: NEW, ip: "1" })).ok).toBe(true);
    expect((await checkSignIn({ email: me.email, password: CURRENT, ip: "1" })).ok).toBe(false);
  });

  it("ends a link that would have set another one", async () => {
    const me = await signedIn();
    const link = { purpose: "RESET", userId: me.id, email: me.email, name: me.name } as const;
    const { url } = await inTransaction((tx) => makeLink(tx, { ...link, createdById: null }));
    await changeOwnPassword(me, { current: CURRENT, password: NEW });
    expect(await findLink(url.split("/").at(-1) ?? "")).toMatchObject({ state: "used" });
  });

  it("stays when the current one is wrong or the new one too short, and tries are limited", async () => {
    const me = await signedIn();
    const wrong = { current: "not it at all", password: NEW };
    await expect(changeOwnPassword(me, wrong)).rejects.toMatchObject({ field: "current" });
    await expect(
      changeOwnPassword(me, { current: CURRENT, password: "short" }),
    ).rejects.toMatchObject({ field: "password" });
    for (let i = 0; i < 8; i++) await changeOwnPassword(me, wrong).catch(() => undefined);
    await expect(changeOwnPassword(me, { current: CURRENT, password: NEW })).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

it("single-key shortcuts are on until turned off, for oneself alone", async () => {
  const [me, other] = [await signedIn(), await signedIn()];
  expect((await findSession(me.sessionId))?.singleKeys).toBe(true);
  await changeOwnKeys(me, false);
  expect((await findSession(me.sessionId))?.singleKeys).toBe(false);
  expect((await findSession(other.sessionId))?.singleKeys).toBe(true);
  await changeOwnKeys(me, true);
  expect((await findSession(me.sessionId))?.singleKeys).toBe(true);
});

it("a signature is kept without the dashes that are put above it, for oneself alone", async () => {
  const [me, other] = [await signedIn(), await signedIn()];
  await changeOwnSignature(me, "\r\n-- \r\nNora\r\n  Lamps \r\n\r\n");
  expect(await ownSignature(me)).toBe("Nora\n  Lamps");
  expect(await ownSignature(other)).toBe("");
  await expect(changeOwnSignature(me, "x".repeat(2_001))).rejects.toMatchObject({
    field: "signature",
  });
  await changeOwnSignature(me, " \n");
  expect(await ownSignature(me)).toBe("");
});

describe("one's own sessions", () => {
  it("are listed by their browser, this one first, and end one by one", async () => {
    const me = await signedIn();
    const phone = await startSession(me.id, SAFARI);
    const stranger = await signedIn();
    expect(await listOwnSessions(me)).toMatchObject([
      { id: me.sessionId, isThis: true, browser: "Firefox", system: "Linux" },
      { id: phone, isThis: false, browser: "Safari", system: "iOS" },
    ]);
    await expect(endOwnSession(me, stranger.sessionId)).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(endOwnSession(me, "nonsense")).rejects.toMatchObject({ code: "not-found" });
    await endOwnSession(me, phone);
    expect(await findSession(phone)).toBeNull();
    expect(await findSession(stranger.sessionId)).not.toBeNull();
    expect(await listOwnSessions(me)).toHaveLength(1);
  });
});

it("one's own name is tidied, and must be one", async () => {
  const me = await signedIn();
  await changeOwnName(me, "  Nora\tBrandt ");
  expect(await findSession(me.sessionId)).toMatchObject({ name: "Nora Brandt" });
  await expect(changeOwnName(me, "  ")).rejects.toMatchObject({ field: "name" });
});
