import { type AccountActor, assertAdmin } from "../accounts/admin";
import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import { env } from "../env";
import { AppError, messageOf } from "../errors";
import { newId } from "../new-id";
import { postWebhook, type WebhookAnswer } from "../transport/webhook";
import { webhookBody } from "./webhook-queue";
import { openWebhook } from "./webhook-settings";

/** Seconds until the next try, by how many have been made. After the last one it is given up. */
const RETRY_SECONDS = [60, 60, 300, 900, 3600, 7200, 14_400];
const ATTEMPTS_MAX = RETRY_SECONDS.length + 1;

type Claimed = { id: string; body: string; attempts: number };

export type SendOptions = {
  signal?: AbortSignal;
  /** PEM of a certificate authority to trust instead of the system's. */
  ca?: string;
};

/**
 * Sends what waits for the webhook, one after the other, the oldest first: whoever listens hears that
 * an account works again after having heard that it stopped. Any number of workers may do it at once.
 * A worker that dies in the middle leaves the request to be sent once more, under the same id.
 * @returns how many were taken.
 */
export async function sendWebhooks(options: SendOptions = {}): Promise<number> {
  let sent = 0;
  while (!options.signal?.aborted) {
    const claimed = await claimNext();
    if (!claimed) break;
    const answer = await send(claimed, options);
    // A worker that stops cut it off: it is tried again after its minute.
    if (options.signal?.aborted && !answer.ok) break;
    await end(claimed, answer);
    if (answer.ok) sent++;
  }
  return sent;
}

/**
 * Counts the try before it is made and puts the next one off, which keeps others away meanwhile.
 * Nothing is claimed while an older one is still to be sent.
 */
async function claimNext(): Promise<Claimed | null> {
  const { rows } = await db().pool.query<Claimed>(
    `UPDATE "WebhookDelivery" SET "attempts" = "attempts" + 1,
       "nextAttemptAt" = now() + make_interval(secs => ($1::int[])[LEAST("attempts" + 1, cardinality($1::int[]))])
     WHERE "id" = (
       SELECT "id" FROM (SELECT "id", "nextAttemptAt" FROM "WebhookDelivery" WHERE "status" = 'QUEUED' ORDER BY "id" LIMIT 1) AS oldest
       WHERE ${isDueNow('"nextAttemptAt"')}) AND "status" = 'QUEUED' AND ${isDueNow('"nextAttemptAt"')}
     RETURNING "id", "body", "attempts"`,
    [RETRY_SECONDS],
  );
  return rows[0] ?? null;
}

async function send({ id, body, attempts }: Claimed, options: SendOptions): Promise<WebhookAnswer> {
  if (attempts > ATTEMPTS_MAX) return { ok: false, said: "The worker stopped while it was sent." };
  try {
    const webhook = await openWebhook();
    if (!webhook) return { ok: false, said: "The webhook was removed." };
    return await post({ ...webhook, id, body }, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, said: messageOf(error) };
  }
}

function post(
  request: Parameters<typeof postWebhook>[0],
  { signal, ca }: SendOptions,
): Promise<WebhookAnswer> {
  const allowedHosts = env().EMAIL_ALLOWED_PRIVATE_HOSTS;
  return postWebhook(request, { allowedHosts, signal, ...(ca === undefined ? {} : { ca }) });
}

async function end({ id, attempts }: Claimed, { ok, said }: WebhookAnswer): Promise<void> {
  const isOver = ok || attempts >= ATTEMPTS_MAX;
  await db().pool.query(
    `UPDATE "WebhookDelivery" SET "lastResult" = $3, "status" = $4, "endedAt" = CASE WHEN $5 THEN now() END
     WHERE "id" = $1 AND "attempts" = $2 AND "status" = 'QUEUED'`,
    [id, attempts, said, ok ? "SENT" : isOver ? "FAILED" : "QUEUED", isOver],
  );
}

/**
 * Sends the webhook a request that means nothing, now.
 * @throws AppError "forbidden", "not-found" without a webhook, "unavailable" with what came of it when it was not taken.
 */
export async function testWebhook(actor: AccountActor, options: SendOptions = {}): Promise<string> {
  assertAdmin(actor);
  const webhook = await openWebhook();
  if (!webhook) throw new AppError("not-found", "No webhook is set up.");
  const body = webhookBody("test", [], new Date());
  const answer = await post({ ...webhook, id: newId(), body }, options);
  if (!answer.ok) throw new AppError("unavailable", `The webhook did not take it. ${answer.said}`);
  return answer.said;
}

/** Removes what was told long ago. */
export async function pruneAlerts(): Promise<void> {
  await db().pool.query(
    `DELETE FROM "WebhookDelivery" WHERE "status" <> 'QUEUED' AND "createdAt" < now() - interval '30 days'`,
  );
  await db().pool.query(
    `DELETE FROM "AccountAlert" WHERE "closedAt" IS NOT NULL AND "openedAt" < now() - interval '90 days'`,
  );
}
