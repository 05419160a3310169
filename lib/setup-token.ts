import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { db, inTransaction } from "./db/client";
import { env } from "./env";
import { AppError } from "./errors";
import { log } from "./log";
import { hashNew, hasNoUsers, insertUser } from "./users";

const KEY = "setup-token";
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/**
 * Makes the one-time token that guards the set-up page and prints where to use it. Each call makes a
 * new one and the old one stops working; only its hash is stored.
 * @returns the token, or null when someone can sign in already.
 */
export async function ensureSetupToken(): Promise<string | null> {
  if (!(await hasNoUsers())) return null;
  const token = randomBytes(18).toString("base64url");
  const value = { sha256: hashOf(token) };
  await db().prisma.setting.upsert({
    where: { key: KEY },
    create: { key: KEY, value },
    update: { value },
    select: { key: true },
  });
  log.info(`First run: open ${env().APP_URL}/setup?token=${token} to create the admin`);
  return token;
}

export type SetupState = "closed" | "wrong-token" | "open";

/** Whether the set-up page may be shown: never again once somebody can sign in. */
export async function setupState(token: string): Promise<SetupState> {
  if (!(await hasNoUsers())) return "closed";
  const setting = await db().prisma.setting.findUnique({
    where: { key: KEY },
    select: { value: true },
  });
  return matches(setting?.value, token) ? "open" : "wrong-token";
}

/**
 * Creates the first admin and uses up the token, both or neither.
 * @returns the admin's id.
 * @throws AppError "not-found" once somebody can sign in, "forbidden" for a wrong token, "invalid"
 * for a bad address, name or password.
 */
export async function createFirstAdmin(
  token: string,
  input: { email: string; name: string; password: string },
): Promise<string> {
  const state = await setupState(token);
  if (state === "closed") throw new AppError("not-found", "Mailroom is set up already.");
  if (state === "wrong-token") throw wrongToken();
  const passwordHash = await hashNew(input.password);
  return inTransaction(async (tx) => {
    // The row is the lock: of two set-ups at the same moment the second finds it gone.
    const used = await tx.$queryRaw<{ value: unknown }[]>`
      DELETE FROM "Setting" WHERE "key" = ${KEY} RETURNING "value"`;
    if (!matches(used[0]?.value, token)) throw wrongToken();
    if (await tx.user.findFirst({ select: { id: true } }))
      throw new AppError("not-found", "Mailroom is set up already.");
    const admin = await insertUser(tx, null, {
      email: input.email,
      name: input.name,
      role: "ADMIN",
      passwordHash,
    });
    return admin.id;
  });
}

const wrongToken = () =>
  new AppError(
    "forbidden",
    "This set-up link is not the current one. The newest is in the server's log; a restart prints another.",
  );

function matches(value: unknown, token: string): boolean {
  if (typeof value !== "object" || value === null || !("sha256" in value)) return false;
  if (typeof value.sha256 !== "string") return false;
  const [known, given] = [Buffer.from(value.sha256), Buffer.from(hashOf(token))];
  return known.length === given.length && timingSafeEqual(known, given);
}
