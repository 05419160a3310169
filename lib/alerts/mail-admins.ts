import type { Tx } from "../db/client";
import { queueNoticeFrom } from "../outbound/notice";
import type { SendingAccount } from "../outbound/queue";
import { type AlertNews, alertMail } from "./alert-mail";

/** Longer than a server is usually away; older news helps nobody. */
const GIVE_UP_AFTER_MS = 24 * 3600_000;

/**
 * Queues a mail to every admin about these accounts, from another account that works. Where none
 * does, nobody is told by mail.
 * @returns how many admins will be.
 */
export async function mailAdmins(tx: Tx, news: AlertNews): Promise<number> {
  const sender = await findHealthySender(tx);
  if (!sender) return 0;
  const admins = await tx.user.findMany({
    where: { role: "ADMIN", isActive: true },
    select: { name: true, email: true },
    orderBy: { email: "asc" },
  });
  const giveUpAt = new Date(Date.now() + GIVE_UP_AFTER_MS);
  let mails = 0;
  for (const { name, email } of admins) {
    const notice = alertMail({ name, address: email }, news);
    if (await queueNoticeFrom(tx, sender, notice, giveUpAt)) mails++;
  }
  return mails;
}

/**
 * The account that is most likely to get a mail out: one whose polls go well before one that only
 * sends, then the default one. None that is in trouble itself, or has mail waiting that was refused.
 */
async function findHealthySender(tx: Tx): Promise<SendingAccount | null> {
  const [sender] = await tx.$queryRaw<SendingAccount[]>`
    SELECT a."id", a."email"::text, a."name", a."signature", a."quotesHistory", a."smtpSizeMax"
    FROM "EmailAccount" a
    WHERE a."isActive" AND a."failingSince" IS NULL
      AND NOT EXISTS (SELECT FROM "AccountAlert" o WHERE o."accountId" = a."id" AND o."closedAt" IS NULL)
      AND NOT EXISTS (SELECT FROM "OutboundEmail" d WHERE d."accountId" = a."id" AND d."status" = 'QUEUED' AND d."attempts" > 0)
    ORDER BY (a."pollingEnabled" AND a."lastPolledAt" > now() - interval '1 hour') DESC NULLS LAST,
      a."isDefault" DESC, a."createdAt" LIMIT 1`;
  return sender ?? null;
}
