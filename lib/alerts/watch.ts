import { inTransaction, type Tx } from "../db/client";
import { notify } from "../db/listen";
import { env } from "../env";
import type { AccountNews } from "./alert-mail";
import { mailAdmins } from "./mail-admins";
import { queueWebhook } from "./webhook-queue";

/** An account that brings no mail for longer than this, and its polling interval, is an alert. */
const LATE_SECONDS = 300;

/** Where nobody watched for this long, what happened meanwhile is no account's fault. */
const UNWATCHED_SECONDS = 120;

/** Accounts of one pass; what is over comes with the next. */
const TOGETHER_MAX = 500;

/**
 * One pass over all accounts: opens an alert for each that is late, closes those that are over, and
 * queues what people and the webhook are told about it, all in one transaction. So a word is given
 * once, whoever looks and whenever they die: any number of workers may do it.
 * @returns how many alerts were opened and closed.
 */
export async function watchAccounts(): Promise<{ opened: number; closed: number }> {
  if (!env().EMAIL_POLLING_ENABLED) return { opened: 0, closed: 0 };
  return inTransaction(async (tx) => {
    const watchedSince = await keepWatch(tx);
    const closed = await closeAlerts(tx);
    const opened = await openAlerts(tx, watchedSince);
    if (opened.length > 0) {
      const mailed = await mailAdmins(tx, { news: "stopped", accounts: opened });
      const ids = opened.map(({ id }) => id);
      await tx.accountAlert.updateMany({ where: { id: { in: ids } }, data: { mailed } });
      await queueWebhook(tx, "accounts.stopped", opened);
    }
    if (closed.length > 0) {
      await mailAdmins(tx, { news: "over", accounts: closed });
      await queueWebhook(tx, "accounts.resolved", closed);
    }
    const all = [...opened, ...closed];
    if (all.length > 0) await notify(tx, "alert", all[0]?.id ?? "");
    return { opened: opened.length, closed: closed.length };
  });
}

/**
 * Notes that somebody watches, and holds the row until the transaction ends: one pass at a time.
 * @returns since when somebody has watched without a break.
 */
async function keepWatch(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<{ since: Date }[]>`
    INSERT INTO "Setting" AS s ("key", "value", "updatedAt") VALUES ('alerts.watch', jsonb_build_object('since', now()), now())
    ON CONFLICT ("key") DO UPDATE SET "updatedAt" = now(),
      "value" = CASE WHEN s."updatedAt" < now() - make_interval(secs => ${UNWATCHED_SECONDS}::int)
                THEN EXCLUDED."value" ELSE s."value" END
    RETURNING ("value"->>'since')::timestamptz AS "since"`;
  return row?.since ?? new Date();
}

/**
 * Late is what has polled nothing, and taken in nothing of a long poll, for five minutes more than
 * an interval since it is expected and somebody looks.
 */
function openAlerts(tx: Tx, watchedSince: Date): Promise<AccountNews[]> {
  const seconds = LATE_SECONDS + env().EMAIL_POLLING_INTERVAL;
  return tx.$queryRaw<AccountNews[]>`
    INSERT INTO "AccountAlert" ("id", "accountId", "email", "lateSince", "cause", "fix")
    SELECT gen_random_uuid(), late."id", late."email", late."since", late."lastError", late."lastErrorFix"
    FROM (SELECT a.*, GREATEST(a."lastPolledAt", a."pollingSince",
        (SELECT max(c."updatedAt") FROM "FolderCursor" c WHERE c."accountId" = a."id" AND a."leaseUntil" > now())) AS "since"
      FROM "EmailAccount" a WHERE a."isActive" AND a."pollingEnabled") AS late
    WHERE GREATEST(late."since", ${watchedSince}) < now() - make_interval(secs => ${seconds}::int)
      AND NOT EXISTS (SELECT FROM "AccountAlert" o WHERE o."accountId" = late."id" AND o."closedAt" IS NULL)
    ORDER BY late."since" LIMIT ${TOGETHER_MAX}
    ON CONFLICT ("accountId") WHERE "closedAt" IS NULL DO NOTHING
    RETURNING "id", "email"::text, "lateSince", "cause", "fix", NULL AS "ending"`;
}

function closeAlerts(tx: Tx): Promise<AccountNews[]> {
  return tx.$queryRaw<AccountNews[]>`
    UPDATE "AccountAlert" o SET "closedAt" = now(), "ending" = over."ending"
    FROM (SELECT alert."id", CASE WHEN a."id" IS NULL THEN 'removed'
        WHEN NOT (a."isActive" AND a."pollingEnabled") THEN 'paused' ELSE 'recovered' END AS "ending"
      FROM "AccountAlert" alert LEFT JOIN "EmailAccount" a ON a."id" = alert."accountId"
      WHERE alert."closedAt" IS NULL AND (a."id" IS NULL OR NOT (a."isActive" AND a."pollingEnabled")
        OR a."lastPolledAt" > alert."openedAt")
      ORDER BY alert."id" LIMIT ${TOGETHER_MAX}) AS over
    WHERE o."id" = over."id"
    RETURNING o."id", o."email"::text, o."lateSince", o."cause", o."fix", o."ending"`;
}
