import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { type Database, db } from "./db/client";

export type RateLimit = { name: string; points: number; perSeconds: number };

/** The limits of the product: `points` tries of one key in `perSeconds`. */
export const RATE_LIMITS = {
  signInPair: { name: "sign-in-pair", points: 10, perSeconds: 900 },
  signInAccount: { name: "sign-in-account", points: 50, perSeconds: 900 },
  signInIp: { name: "sign-in-ip", points: 100, perSeconds: 900 },
  linkAddress: { name: "link-address", points: 5, perSeconds: 3600 },
  linkIp: { name: "link-ip", points: 30, perSeconds: 900 },
  useLink: { name: "use-link", points: 50, perSeconds: 900 },
  ownPassword: { name: "own-password", points: 10, perSeconds: 900 },
  setup: { name: "setup", points: 20, perSeconds: 900 },
  findServers: { name: "find-servers", points: 20, perSeconds: 60 },
  providerSignIn: { name: "provider-sign-in", points: 20, perSeconds: 60 },
  testConnection: { name: "test-connection", points: 10, perSeconds: 60 },
  testAccounts: { name: "test-accounts", points: 120, perSeconds: 60 },
} as const satisfies Record<string, RateLimit>;

const limiters = new WeakMap<Database, Map<string, RateLimiterPostgres>>();

/** Counts live in Postgres, so every web process sees the same ones; old ones are cleared there. */
function limiterFor(limit: RateLimit): RateLimiterPostgres {
  const database = db();
  const known = limiters.get(database) ?? new Map<string, RateLimiterPostgres>();
  limiters.set(database, known);
  const limiter =
    known.get(limit.name) ??
    new RateLimiterPostgres({
      storeClient: database.pool,
      storeType: "pool",
      tableName: "RateLimit",
      tableCreated: true,
      keyPrefix: limit.name,
      points: limit.points,
      duration: limit.perSeconds,
    });
  known.set(limit.name, limiter);
  return limiter;
}

/** Hashed: keys come from strangers, and may be long, hold NUL, or be somebody's address. */
const keyOf = (key: string) => createHash("sha256").update(key).digest("base64url");

/** Uses up one try. @returns 0 when it is allowed, else the milliseconds to wait. */
export async function takeTry(limit: RateLimit, key: string): Promise<number> {
  try {
    await limiterFor(limit).consume(keyOf(key));
    return 0;
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
    throw error;
  }
}

/** Forgets the tries of a key: after one that succeeded. */
export async function forgetTries(limit: RateLimit, key: string): Promise<void> {
  await limiterFor(limit).delete(keyOf(key));
}

/** Gives one try back, where many people share a key: it succeeded. */
export async function giveBackTry(limit: RateLimit, key: string): Promise<void> {
  await limiterFor(limit).reward(keyOf(key));
}
