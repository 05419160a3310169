import { db, inTransaction } from "./db/client";
import { AppError } from "./errors";
import { SIGNATURE_LENGTH_MAX, SIGNATURE_TOO_LONG, tidySignature } from "./mail/answer-body";
import { verifyPassword } from "./passwords";
import { forgetTries, RATE_LIMITS, takeTry } from "./rate-limit";
import { SESSION_IDLE_DAYS, type SignedIn } from "./sessions";
import { tooMany } from "./sign-in";
import { hashNew, lockPerson, recordUserAudit, tidyName, writePassword } from "./users";
import { isUuid } from "./uuid";

/** Gives oneself another name. @throws AppError "invalid" on field "name". */
export async function changeOwnName(user: SignedIn, name: string): Promise<void> {
  const tidy = tidyName(name);
  await inTransaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { name: tidy }, select: { id: true } });
    await recordUserAudit(tx, user, "user.name", user.id, {});
  });
}

/** Which mails about tickets an agent gets. */
export type OwnNotices = { assigned: boolean; replies: boolean; targets: boolean };

/** Which mails one gets oneself. */
export async function ownNotices(user: SignedIn): Promise<OwnNotices> {
  const row = await db().prisma.user.findUniqueOrThrow({
    where: { id: user.id },
    select: { notifyAssigned: true, notifyReplies: true, notifyTargets: true },
  });
  return { assigned: row.notifyAssigned, replies: row.notifyReplies, targets: row.notifyTargets };
}

/** Chooses which mails one gets oneself. */
export async function changeOwnNotices(
  user: SignedIn,
  { assigned, replies, targets }: OwnNotices,
): Promise<void> {
  await db().prisma.user.update({
    where: { id: user.id },
    data: { notifyAssigned: assigned, notifyReplies: replies, notifyTargets: targets },
    select: { id: true },
  });
}

/** One's own signature; "" when one has none. */
export async function ownSignature(user: SignedIn): Promise<string> {
  const { signature } = await db().prisma.user.findUniqueOrThrow({
    where: { id: user.id },
    select: { signature: true },
  });
  return signature;
}

/**
 * Sets what stands below one's own answers by mail; "" takes the account's.
 * @throws AppError "invalid" on field "signature" when it is too long.
 */
export async function changeOwnSignature(user: SignedIn, typed: string): Promise<void> {
  const signature = tidySignature(typed);
  if (signature.length > SIGNATURE_LENGTH_MAX)
    throw new AppError("invalid", SIGNATURE_TOO_LONG, "signature");
  await db().prisma.user.update({
    where: { id: user.id },
    data: { signature },
    select: { id: true },
  });
}

/** Turns the single-key shortcuts of the desk on or off for oneself; Ctrl K stays. */
export async function changeOwnKeys(user: SignedIn, singleKeys: boolean): Promise<void> {
  await db().prisma.user.update({
    where: { id: user.id },
    data: { singleKeys },
    select: { id: true },
  });
}

/**
 * Sets another password for oneself. Every other session ends, and links that set one are void.
 * @throws AppError "invalid" for a wrong current or a bad new password, "unavailable" after too many
 * tries.
 */
export async function changeOwnPassword(
  user: SignedIn,
  input: { current: string; password: string },
): Promise<void> {
  const waitMs = await takeTry(RATE_LIMITS.ownPassword, user.id);
  if (waitMs > 0) throw new AppError("unavailable", tooMany(waitMs));
  const { passwordHash: stored } = await db().prisma.user.findUniqueOrThrow({
    where: { id: user.id },
    select: { passwordHash: true },
  });
  if (!(await verifyPassword(input.current, stored)))
    throw new AppError("invalid", "This is not your current password.", "current");
  const passwordHash = await hashNew(input.password);
  await inTransaction(async (tx) => {
    await lockPerson(tx, user.id);
    await writePassword(tx, user, user.id, passwordHash, user.sessionId);
  });
  await forgetTries(RATE_LIMITS.ownPassword, user.id);
}

export type OwnSession = {
  id: string;
  isThis: boolean;
  /** "Firefox", "Linux", as far as the browser said. */
  browser: string | null;
  system: string | null;
  createdAt: Date;
  lastSeenAt: Date;
};

/** Where somebody is signed in, this session first, then by last use; at most 50. */
export async function listOwnSessions(user: SignedIn): Promise<OwnSession[]> {
  const idleSince = new Date(Date.now() - SESSION_IDLE_DAYS * 86_400_000);
  const rows = await db().prisma.session.findMany({
    where: {
      ...{ userId: user.id, endedAt: null },
      ...{ expiresAt: { gt: new Date() }, lastSeenAt: { gt: idleSince } },
    },
    select: { id: true, userAgent: true, createdAt: true, lastSeenAt: true },
    orderBy: { lastSeenAt: "desc" },
    take: 50,
  });
  return rows
    .map(({ userAgent, ...row }) => ({
      ...row,
      isThis: row.id === user.sessionId,
      ...deviceOf(userAgent ?? ""),
    }))
    .sort((a, b) => Number(b.isThis) - Number(a.isThis));
}

/** Ends one of one's own sessions. @throws AppError "not-found" for anybody else's. */
export async function endOwnSession(user: SignedIn, sessionId: string): Promise<void> {
  const ended = isUuid(sessionId)
    ? await db().prisma.session.updateMany({
        where: { id: sessionId, userId: user.id, endedAt: null },
        data: { endedAt: new Date() },
      })
    : { count: 0 };
  if (ended.count === 0) throw new AppError("not-found", "This session is over already.");
}

// Order matters: every browser of today calls itself several others as well.
const BROWSERS = [
  [/\bEdg/, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bChromium\/|\bCriOS\/|\bHeadlessChrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;
const SYSTEMS = [
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b|\biPad\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
] as const;

function deviceOf(userAgent: string): Pick<OwnSession, "browser" | "system"> {
  const name = (table: readonly (readonly [RegExp, string])[]) =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return { browser: name(BROWSERS), system: name(SYSTEMS) };
}
