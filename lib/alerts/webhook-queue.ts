import { databaseNow } from "../accounts/lock";
import type { Tx } from "../db/client";
import { env } from "../env";
import { newId } from "../new-id";
import type { AccountNews } from "./alert-mail";
import { findWebhook } from "./webhook-settings";

/** What a webhook is told: accounts began to bring no mail, or that is over. */
export type WebhookEvent = "accounts.stopped" | "accounts.resolved";

/** Accounts of one request, so that its body stays small. */
const ACCOUNTS_MAX = 100;

/**
 * Queues what the webhook is told, in the caller's transaction; nothing where there is none. The body
 * is made here, so that every try sends the same bytes under the same id.
 */
export async function queueWebhook(
  tx: Tx,
  event: WebhookEvent,
  accounts: AccountNews[],
): Promise<void> {
  if (!(await findWebhook(tx))) return;
  for (let start = 0; start < accounts.length; start += ACCOUNTS_MAX) {
    const body = webhookBody(event, accounts.slice(start, start + ACCOUNTS_MAX), new Date());
    // Workers look by the database's clock; this process's may be ahead.
    const nextAttemptAt = await databaseNow(tx);
    await tx.webhookDelivery.create({
      data: { id: newId(), event, body, nextAttemptAt },
      select: { id: true },
    });
  }
}

/** The JSON of one request. */
export function webhookBody(
  event: WebhookEvent | "test",
  accounts: AccountNews[],
  now: Date,
): string {
  return JSON.stringify({
    type: event,
    timestamp: now.toISOString(),
    data: {
      url: `${env().APP_URL}/admin/email-accounts`,
      accounts: accounts.map(({ id, email, lateSince, cause, fix, ending }) => ({
        alert: id,
        email,
        lateSince: lateSince.toISOString(),
        cause,
        fix,
        ending,
      })),
    },
  });
}
