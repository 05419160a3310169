import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openEmbedded } from "./db/embedded";
import { type Env, env, reloadEnv } from "./env";
import { AppError } from "./errors";

/** Where the embedded database, its secret and pid files live. */
export const DATA_DIR = path.resolve(process.env.MAILROOM_DATA_DIR || ".data");

export type Booted = { env: Env; isEmbedded: boolean; release(): Promise<void> };

/**
 * Gets a process ready to run Mailroom: checks the environment, starts or adopts the embedded
 * Postgres when DATABASE_URL is empty, and fills in DATABASE_URL, APP_SECRET and NEXTAUTH_URL for
 * this process and those it starts.
 * @throws AppError with one clear line.
 */
export async function boot(): Promise<Booted> {
  const given = env();
  const isEmbedded = given.DATABASE_URL === "";
  if (!given.APP_SECRET && !isEmbedded && process.env.NODE_ENV === "production")
    throw new AppError(
      "invalid",
      "APP_SECRET must be set (32 characters or more) when DATABASE_URL is: `openssl rand -base64 32` makes one.",
    );
  if (!given.APP_SECRET) process.env.APP_SECRET = ownSecret();
  process.env.NEXTAUTH_URL = given.APP_URL;
  if (!isEmbedded) return { env: reloadEnv(), isEmbedded, release: async () => undefined };
  const embedded = await openEmbedded(DATA_DIR);
  process.env.DATABASE_URL = embedded.url;
  return { env: reloadEnv(), isEmbedded, release: embedded.release };
}

/** The secret of an installation with the embedded database: made once, kept beside it. */
function ownSecret(): string {
  const file = path.join(DATA_DIR, "app-secret");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o755 });
  const secret = randomBytes(32).toString("base64url");
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: "wx" });
    return secret;
  } catch {
    return readFileSync(file, "utf8").trim();
  }
}
