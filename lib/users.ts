import { voidLinks } from "./access-links";
import { giveContactTo } from "./contacts";
import { db, inTransaction, isUniqueViolation, type Tx } from "./db/client";
import type { Role } from "./db/generated/enums";
import type { InputJsonValue } from "./db/generated/internal/prismaNamespace";
import { AppError } from "./errors";
import { addressKey, cleanDisplayName, isSendableAddress } from "./mail/address";
import { cut, pgText } from "./mail/text";
import { hashPassword, passwordProblem } from "./passwords";
import { isUuid } from "./uuid";

/** An admin who changes people; null is the machine's owner: the set-up page, the CLI. */
type Admin = { id: string | null; role: Role } | null;

export type NewUser = { email: string; name: string; role: Role; password: string };

const NAME_LENGTH_MAX = 100;

/**
 * Adds someone who can sign in. A contact with the same address becomes this user's, so that a
 * customer finds the tickets of earlier mails.
 * @throws AppError "forbidden", "invalid" or, for a taken address, "conflict", each with its field.
 */
export async function createUser(actor: Admin, input: NewUser): Promise<{ id: string }> {
  requireAdminOf(actor);
  const passwordHash = await hashNew(input.password);
  return inTransaction((tx) => insertUser(tx, actor, { ...input, passwordHash }));
}

/** The part of createUser() that belongs in a transaction: the hash takes too long for one. */
export async function insertUser(
  tx: Tx,
  actor: Admin,
  input: Omit<NewUser, "password"> & { passwordHash: string | null },
): Promise<{ id: string }> {
  const email = tidyEmail(input.email);
  const name = tidyName(input.name);
  const user = await tx.user
    .create({
      data: { email, name, role: input.role, passwordHash: input.passwordHash },
      select: { id: true },
    })
    .catch((error) => {
      if (isUniqueViolation(error))
        throw new AppError(
          "conflict",
          `Somebody with the address ${email} is here already.`,
          "email",
        );
      throw error;
    });
  await giveContactTo(tx, { id: user.id, email });
  await recordUserAudit(tx, actor, "user.created", user.id, { email, role: input.role });
  return user;
}

/** Checks and hashes a new password. @throws AppError "invalid" on field "password". */
export async function hashNew(password: string): Promise<string> {
  const problem = passwordProblem(password);
  if (problem) throw new AppError("invalid", problem, "password");
  return hashPassword(password);
}

function tidyEmail(given: string): string {
  const email = addressKey(given);
  if (!isSendableAddress(email))
    throw new AppError("invalid", "Enter an email address, such as nora@example.com.", "email");
  return email;
}

export function tidyName(given: string): string {
  const name = cut(pgText(cleanDisplayName(given)), NAME_LENGTH_MAX).trim();
  if (!name) throw new AppError("invalid", "Enter a name.", "name");
  return name;
}

export type Person = {
  id: string;
  email: string;
  name: string;
  role: Role;
  isActive: boolean;
  /** false: invited, and not in yet. */
  hasPassword: boolean;
  createdAt: Date;
  /** When one of their sessions was last used; null when they never signed in. */
  lastSeenAt: Date | null;
};

const PERSON = {
  id: true,
  email: true,
  name: true,
  role: true,
  isActive: true,
  createdAt: true,
  passwordHash: true,
  sessions: { select: { lastSeenAt: true }, orderBy: { lastSeenAt: "desc" }, take: 1 },
} as const;

type PersonRow = Omit<Person, "lastSeenAt" | "hasPassword"> & {
  passwordHash: string | null;
  sessions: { lastSeenAt: Date }[];
};

const personOf = ({ sessions, passwordHash, ...user }: PersonRow): Person => ({
  ...user,
  hasPassword: passwordHash !== null,
  lastSeenAt: sessions[0]?.lastSeenAt ?? null,
});

/** Everyone who can sign in, active ones first, then by name; at most 500. */
export async function listUsers(): Promise<Person[]> {
  const rows = await db().prisma.user.findMany({
    select: PERSON,
    orderBy: [{ isActive: "desc" }, { name: "asc" }, { id: "asc" }],
    take: 500,
  });
  return rows.map(personOf);
}

/** One person. @throws AppError "not-found". */
export async function getUser(id: string): Promise<Person> {
  const row = isUuid(id)
    ? await db().prisma.user.findUnique({ where: { id }, select: PERSON })
    : null;
  if (!row) throw notHere();
  return personOf(row);
}

/** The user with this address, in whatever case it is written; null when there is none. */
export async function findUserByEmail(email: string): Promise<{
  id: string;
  email: string;
  name: string;
  role: Role;
  isActive: boolean;
} | null> {
  const key = addressKey(email);
  if (key.includes("\0")) return null;
  return db().prisma.user.findUnique({
    where: { email: key },
    select: { id: true, email: true, name: true, role: true, isActive: true },
  });
}

/** True until the first user exists: then set-up is closed for ever. */
export async function hasNoUsers(): Promise<boolean> {
  return (await db().prisma.user.findFirst({ select: { id: true } })) === null;
}

/**
 * Gives someone another role; their sessions have it with the next click.
 * @throws AppError "forbidden", "not-found", or "conflict" for yourself and for the last active admin.
 */
export async function setUserRole(actor: Admin, id: string, role: Role): Promise<void> {
  requireAdminOf(actor);
  if (actor?.id === id)
    throw new AppError("conflict", "You can't change your own role: ask another admin.", "role");
  await inTransaction(async (tx) => {
    const user = await lockPerson(tx, id);
    if (user.role === role) return;
    if (user.role === "ADMIN" && user.isActive) await refuseForLastAdmin(tx, id);
    await tx.user.update({ where: { id }, data: { role }, select: { id: true } });
    await recordUserAudit(tx, actor, "user.role", id, { from: user.role, to: role });
  });
}

/**
 * Lets someone in again, or shuts them out at once: their sessions end.
 * @throws AppError "forbidden", "not-found", or "conflict" for yourself and for the last active admin.
 */
export async function setUserActive(actor: Admin, id: string, isActive: boolean): Promise<void> {
  requireAdminOf(actor);
  if (actor?.id === id && !isActive)
    throw new AppError("conflict", "You can't deactivate yourself: ask another admin.");
  await inTransaction(async (tx) => {
    const user = await lockPerson(tx, id);
    if (user.isActive === isActive) return;
    if (!isActive && user.role === "ADMIN") await refuseForLastAdmin(tx, id);
    await tx.user.update({ where: { id }, data: { isActive }, select: { id: true } });
    if (!isActive) await shutOut(tx, id);
    await recordUserAudit(tx, actor, isActive ? "user.reactivated" : "user.deactivated", id, {});
  });
}

/** Sets a new password and ends every session of that person. @throws AppError as createUser(). */
export async function setUserPassword(actor: Admin, id: string, password: string): Promise<void> {
  requireAdminOf(actor);
  const passwordHash = await hashNew(password);
  await inTransaction(async (tx) => {
    await lockPerson(tx, id);
    await writePassword(tx, actor, id, passwordHash);
  });
}

/**
 * Writes a new password, ends every session of that person but `keptSessionId`, and voids their
 * links.
 */
export async function writePassword(
  tx: Tx,
  actor: { id: string | null } | null,
  id: string,
  passwordHash: string,
  keptSessionId?: string,
): Promise<void> {
  await tx.user.update({ where: { id }, data: { passwordHash }, select: { id: true } });
  await shutOut(tx, id, keptSessionId);
  await recordUserAudit(tx, actor, "user.password", id, {});
}

function requireAdminOf(actor: Admin): void {
  if (actor && actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
}

/** Ends every session of a person, but one that is kept, and every link that would let them in. */
async function shutOut(tx: Tx, userId: string, keptSessionId?: string): Promise<void> {
  await tx.session.updateMany({
    where: { userId, endedAt: null, ...(keptSessionId ? { id: { not: keptSessionId } } : {}) },
    data: { endedAt: new Date() },
  });
  await voidLinks(tx, { userId });
}

const notHere = () => new AppError("not-found", "There is no such person here.");

/**
 * Locks all admins and the person, in the order of their ids: two admins who deactivate each other
 * at the same moment come one after the other, and the second is refused.
 */
export async function lockPerson(tx: Tx, id: string): Promise<{ role: Role; isActive: boolean }> {
  if (!isUuid(id)) throw notHere();
  const rows = await tx.$queryRaw<{ id: string; role: Role; isActive: boolean }[]>`
    SELECT "id", "role"::text AS "role", "isActive" FROM "User"
    WHERE "id" = ${id}::uuid OR "role" = 'ADMIN' ORDER BY "id" FOR UPDATE`;
  const user = rows.find((row) => row.id === id);
  if (!user) throw notHere();
  return user;
}

async function refuseForLastAdmin(tx: Tx, id: string): Promise<void> {
  const others = await tx.user.count({ where: { role: "ADMIN", isActive: true, NOT: { id } } });
  if (others === 0)
    throw new AppError("conflict", "This is the last active admin: make somebody else one first.");
}

export async function recordUserAudit(
  tx: Tx,
  actor: { id: string | null } | null,
  action: string,
  userId: string,
  data: InputJsonValue,
): Promise<void> {
  await tx.auditLog.create({
    data: { actorId: actor?.id ?? null, action, target: `User:${userId}`, data },
    select: { id: true },
  });
}
