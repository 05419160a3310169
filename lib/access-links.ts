import { createHash, randomBytes } from "node:crypto";
import { db, type Tx } from "./db/client";
import type { AccessPurpose, OutboundStatus } from "./db/generated/enums";
import { env } from "./env";
import { AppError } from "./errors";
import { addressKey } from "./mail/address";

/** How long a link works. Long enough to find the mail, short enough to be left in an inbox. */
export const LINK_MINUTES = 30;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const hashOf = (token: string) => new Uint8Array(createHash("sha256").update(token).digest());

export type NewLink = {
  purpose: AccessPurpose;
  /** Whose password it sets; null for a registration. */
  userId: string | null;
  email: string;
  name: string;
  /** The admin or agent who made it; null when its bearer asked for it. */
  createdById: string | null;
};

export type MadeLink = { id: string; url: string; expiresAt: Date };

/**
 * Makes a link for one use that stands in for a password for 30 minutes, by the database's clock. Only
 * its hash is stored. Earlier links of the same person stop working.
 */
export async function makeLink(tx: Tx, link: NewLink): Promise<MadeLink> {
  const email = addressKey(link.email);
  await voidLinks(tx, link.userId ? { userId: link.userId } : { email, userId: null });
  const token = randomBytes(32).toString("base64url");
  const [time] = await tx.$queryRaw<{ end: Date }[]>`
    SELECT now() + make_interval(mins => ${LINK_MINUTES}::int) AS "end"`;
  const expiresAt = time?.end ?? new Date();
  const { id } = await tx.accessLink.create({
    data: { ...link, email, sha256: hashOf(token), expiresAt },
    select: { id: true },
  });
  return { id, url: `${env().APP_URL}/access/${token}`, expiresAt };
}

/** Ends the links of a person, or the registrations of an address, that nobody has used. */
export async function voidLinks(
  tx: Tx,
  of: { userId: string } | { email: string; userId: null },
): Promise<void> {
  await tx.accessLink.updateMany({ where: { ...of, usedAt: null }, data: { usedAt: new Date() } });
}

export type LinkState = {
  state: "open" | "expired" | "used";
  purpose: AccessPurpose;
  email: string;
  name: string;
};

/** What a link is good for, without using it; null when there never was such a link. */
export async function findLink(token: string): Promise<LinkState | null> {
  if (!TOKEN.test(token)) return null;
  const [row] = await db().prisma.$queryRaw<LinkState[]>`
    SELECT l."purpose"::text AS purpose, l."email"::text AS email, COALESCE(u."name", l."name") AS name,
      CASE WHEN l."usedAt" IS NOT NULL OR u."isActive" = false THEN 'used'
        WHEN l."expiresAt" <= now() THEN 'expired' ELSE 'open' END AS state
    FROM "AccessLink" l LEFT JOIN "User" u ON u."id" = l."userId"
    WHERE l."sha256" = ${hashOf(token)}`;
  return row ?? null;
}

export type TakenLink = {
  purpose: AccessPurpose;
  userId: string | null;
  email: string;
  name: string;
};

/**
 * Uses a link up, in the transaction of what it allows: both or neither, and of two who come with the
 * same link one.
 * @throws AppError "forbidden" when it has been used or is too old.
 */
export async function takeLink(tx: Tx, token: string): Promise<TakenLink> {
  const [row] = TOKEN.test(token)
    ? await tx.$queryRaw<TakenLink[]>`
        UPDATE "AccessLink" SET "usedAt" = now()
        WHERE "sha256" = ${hashOf(token)} AND "usedAt" IS NULL AND "expiresAt" > now()
        RETURNING "purpose"::text AS purpose, "userId", "email"::text AS email, "name"`
    : [];
  if (!row)
    throw new AppError("forbidden", "This link has been used or is too old. Ask for a new one.");
  return row;
}

/** An expired link of somebody who may still have a new one; null when there is none. */
export async function findExpired(
  token: string,
): Promise<(TakenLink & { createdById: string | null }) | null> {
  if (!TOKEN.test(token)) return null;
  return db().prisma.accessLink.findFirst({
    where: { sha256: hashOf(token), usedAt: null, expiresAt: { lte: new Date() } },
    select: { purpose: true, userId: true, email: true, name: true, createdById: true },
  });
}

export type LatestLink = {
  state: "open" | "expired" | "over";
  createdAt: Date;
  delivery: {
    status: OutboundStatus;
    sentAt: Date | null;
    lastError: string | null;
    lastErrorFix: string | null;
  } | null;
};

/** The newest link of a person and what became of its mail; null when there never was one. */
export async function latestLink(userId: string): Promise<LatestLink | null> {
  const link = await db().prisma.accessLink.findFirst({
    where: { userId },
    select: {
      createdAt: true,
      expiresAt: true,
      usedAt: true,
      delivery: { select: { status: true, sentAt: true, lastError: true, lastErrorFix: true } },
    },
    orderBy: { createdAt: "desc" },
  });
  if (!link) return null;
  const { createdAt, delivery } = link;
  const state = link.usedAt ? "over" : link.expiresAt <= new Date() ? "expired" : "open";
  return { state, createdAt, delivery };
}
