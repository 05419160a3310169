import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import { PROVIDERS } from "../mail/provider-table";

/** The servers of providers that refuse what is over so many mails a minute. */
const LIMITED_HOSTS = new Map(
  PROVIDERS.flatMap(({ smtp, hosts, mailsPerMinute }) =>
    mailsPerMinute === undefined
      ? []
      : [...(smtp ? [smtp.host] : []), ...hosts].map((host) => [host, mailsPerMinute] as const),
  ),
);

/** As SQL values. */
const LIMITS = [...LIMITED_HOSTS].map(([host, mails]) => `('${host}', ${mails})`).join(", ");

/**
 * SQL: whether an account's provider limits what leaves in a minute, and it has sent that much within
 * the last one, by the database's clock. Other servers say themselves when it is too much (4xx).
 */
export function hasReachedLimit(accountId: string): string {
  return `EXISTS (SELECT 1 FROM "EmailAccount" limited
    JOIN (VALUES ${LIMITS}) AS provider (host, mails) ON provider.host = lower(limited."smtpHost")
    WHERE limited."id" = ${accountId} AND provider.mails <= (
      SELECT count(*) FROM "OutboundEmail" recent
      WHERE recent."accountId" = ${accountId} AND recent."sentAt" > now() - interval '1 minute'))`;
}

/** SQL: whether an account's provider has such a limit at all. */
export function isLimited(accountId: string): string {
  return `EXISTS (SELECT 1 FROM "EmailAccount" limited
    JOIN (VALUES ${LIMITS}) AS provider (host, mails) ON provider.host = lower(limited."smtpHost")
    WHERE limited."id" = ${accountId})`;
}

/** How many mails a provider's server, by its name, takes in a minute; null without a limit. */
export function mailsPerMinuteOf(host: string): number | null {
  return LIMITED_HOSTS.get(host.toLowerCase()) ?? null;
}

/** Which of these deliveries are due and wait because their account has sent all it may. */
export async function findHeldUp(deliveryIds: string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const held = await db().pool.query<{ id: string }>(
    `SELECT o."id" FROM "OutboundEmail" o WHERE o."id" = ANY($1::uuid[]) AND o."status" = 'QUEUED'
       AND ${isDueNow('o."nextAttemptAt"')} AND ${hasReachedLimit('o."accountId"')}`,
    [deliveryIds],
  );
  return new Set(held.rows.map(({ id }) => id));
}
