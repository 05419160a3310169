import { db } from "../db/client";
import type { OAuthProvider } from "../oauth/providers";

/** Accounts that bring no mail until somebody does something, or have brought none for too long. */
export type StoppedAccounts = {
  count: number;
  /** The one that stopped first. */
  email: string;
  needsPassword: boolean;
  /** Where somebody can sign in again for it; null for all else. */
  reconnect: { id: string; provider: OAuthProvider } | null;
  /** Its last poll that ended well; null when there was none. */
  lastPolledAt: Date | null;
};

/**
 * What the banner of every admin's page says; null when all is well: accounts with an alert, and
 * those whose last poll failed in a way no try will mend, and those whose sign-in at a provider ended:
 * they send nothing either. Accounts are few, so no index holds the
 * latter: its first entry would want a page of the disk, and a full disk is one of the failures to note.
 */
export async function stoppedAccounts(): Promise<StoppedAccounts | null> {
  const { rows } = await db().pool.query<StoppedAccounts>(
    `SELECT count(*) OVER ()::int AS count, a."email"::text AS email, a."lastPolledAt",
       coalesce(a."provider" = 'SMTP' AND a."lastErrorKind" = 'auth', false) AS "needsPassword",
       CASE WHEN a."signInLost" IS NOT NULL AND a."provider" <> 'SMTP'
         AND NOT EXISTS (SELECT 1 FROM "OAuthGrant" g WHERE g."id" = a."grantId" AND g."kind" = 'app')
         THEN json_build_object('id', a."id", 'provider', a."provider") END AS "reconnect"
     FROM "EmailAccount" a
     WHERE a."isActive" AND (a."signInLost" IS NOT NULL OR a."pollingEnabled" AND a."id" IN (
       SELECT "accountId" FROM "AccountAlert" WHERE "closedAt" IS NULL
       UNION ALL
       SELECT "id" FROM "EmailAccount" WHERE "failingSince" IS NOT NULL AND "lastErrorKind" IN ('auth', 'config', 'permanent')))
     ORDER BY a."lastPolledAt" NULLS FIRST LIMIT 1`,
  );
  return rows[0] ?? null;
}
