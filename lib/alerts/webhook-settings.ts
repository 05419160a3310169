import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type AccountActor, assertAdmin } from "../accounts/admin";
import { db, inTransaction, type Tx } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { seal, unseal } from "../secrets";

const KEY = "alerts.webhook";
const PLACE = "Setting:alerts.webhook:secret";
const SECRET_BYTES = 32;

const stored = z.object({ url: z.string(), secretSealed: z.string() });

/** An address that alerts may be sent to. What it resolves to is checked whenever it is called. */
export const webhookUrlSchema = z
  .string()
  .trim()
  .max(2_000, "The address is too long.")
  .superRefine((text, context) => {
    const wrong = whatIsWrong(text);
    if (wrong) context.addIssue({ code: "custom", message: wrong });
  });

function whatIsWrong(text: string): string | null {
  if (text === "") return "Enter the address of the webhook.";
  if (!URL.canParse(text)) return "This is not a web address. It begins with https://.";
  const url = new URL(text);
  if (url.protocol !== "https:") return "The address must begin with https://.";
  if (url.username || url.password)
    return "Leave name and password out of the address: each request is signed.";
  return null;
}

/** Where alerts are sent to; null when nowhere. */
export async function findWebhook(tx: Tx): Promise<{ url: string } | null> {
  const value = await read(tx);
  return value && { url: value.url };
}

/** Where alerts are sent to and by which secret they are signed. @throws AppError "unavailable" when APP_SECRET has changed. */
export async function openWebhook(): Promise<{ url: string; secret: string } | null> {
  const value = await read(db().prisma);
  return value && { url: value.url, secret: unseal(env().APP_SECRET, PLACE, value.secretSealed) };
}

async function read(tx: Pick<Tx, "setting">): Promise<z.output<typeof stored> | null> {
  const row = await tx.setting.findUnique({ where: { key: KEY }, select: { value: true } });
  return row ? stored.parse(row.value) : null;
}

/**
 * Keeps the address alerts are sent to. A new address gets a secret of its own, so that whoever had
 * the old one can't sign for it.
 * @returns the secret, to be shown this once; null where the address is the same as before.
 * @throws AppError "forbidden", "invalid".
 */
export async function saveWebhook(
  actor: AccountActor,
  address: string,
): Promise<{ secret: string | null }> {
  assertAdmin(actor);
  const { data: url, error } = webhookUrlSchema.safeParse(address);
  if (error) throw new AppError("invalid", error.issues[0]?.message ?? "", "url");
  return inTransaction(async (tx) => {
    const before = await read(tx);
    if (before?.url === url) return { secret: null };
    return { secret: await write(tx, actor, url) };
  });
}

/** Signs with another secret from now on. @returns it, to be shown this once. @throws AppError "forbidden", "not-found". */
export async function renewWebhookSecret(actor: AccountActor): Promise<{ secret: string }> {
  assertAdmin(actor);
  return inTransaction(async (tx) => {
    const before = await read(tx);
    if (!before) throw new AppError("not-found", "No webhook is set up.");
    return { secret: await write(tx, actor, before.url) };
  });
}

async function write(tx: Tx, actor: AccountActor, url: string): Promise<string> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  const value = { url, secretSealed: seal(env().APP_SECRET, PLACE, secret) };
  await tx.setting.upsert({
    where: { key: KEY },
    create: { key: KEY, value },
    update: { value },
    select: { key: true },
  });
  await audit(tx, actor, "alerts.webhook-saved", new URL(url).host);
  return secret;
}

/** Sends alerts nowhere any more; what waits to be sent is given up. @throws AppError "forbidden". */
export async function removeWebhook(actor: AccountActor): Promise<void> {
  assertAdmin(actor);
  await inTransaction(async (tx) => {
    const { count } = await tx.setting.deleteMany({ where: { key: KEY } });
    if (count === 0) return;
    await tx.webhookDelivery.updateMany({
      where: { status: "QUEUED" },
      data: { status: "FAILED", lastResult: "The webhook was removed.", endedAt: new Date() },
    });
    await audit(tx, actor, "alerts.webhook-removed", null);
  });
}

/** Who did it, and to which host: the rest of an address may be a secret in itself. */
async function audit(
  tx: Tx,
  actor: AccountActor,
  action: string,
  host: string | null,
): Promise<void> {
  await tx.auditLog.create({
    data: { actorId: actor.id, action, target: `Setting:${KEY}`, data: host ? { host } : {} },
    select: { id: true },
  });
}
