import type pg from "pg";
import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import { noticeOf } from "../db/listen";
import { inPgTransaction } from "../db/pg-transaction";
import type { Recipient } from "./bounce";
import { hasReachedLimit, isLimited } from "./rate-limit";

/** One delivery, ours until its lease ends. */
export type ClaimedDelivery = {
  id: string;
  /** null for a notice, which stands on no ticket */
  messageRowId: string | null;
  ticketId: string | null;
  noticeSealed: string | null;
  accountId: string | null;
  /** When an admin last changed the account. */
  accountUpdatedAt: Date | null;
  messageId: string;
  recipients: unknown;
  attempts: number;
  unknowns: number;
  /** Its time was over when it was claimed, on the database's clock: this is the last try. */
  isTooLate: boolean;
  token: bigint;
};

/** How one try ended, for the row. */
export type DeliveryEnd = {
  status: "SENT" | "FAILED" | "UNKNOWN" | "QUEUED";
  recipients: Recipient[];
  response: string | null;
  error: string | null;
  fix: string | null;
  /** It was no try, and the next one is due after this long. */
  waitSeconds?: number;
  /** Such waiting does not use up the time in which it is tried. */
  stopsClock?: boolean;
};

/** Minutes until the next try, by how many have been made; then every two hours up to 48 h. */
const RETRY_MINUTES = [1, 5, 15, 60, 120];

/** How long a provider has to put its own copy into Sent before we look whether there is one. */
const SENT_COPY_WAIT_SECONDS = 15;

/** What is left for trying when the wait for a sign-in is over. */
const AFTER_WAITING_HOURS = 24;

/** How long an unanswered try rests before the one repeat. */
const UNKNOWN_WAIT_SECONDS = 120;

/**
 * Connections an account may send over at once. More than one only to a server that has just taken
 * its mail, so that one that hangs keeps one sender waiting, and not all of them.
 */
const AT_ONCE_MAX = 3;
const JUST_SECONDS = 10;

/**
 * A delivery found in SENDING with its lease over was being sent when its worker died: whether it
 * went out is unknown.
 */
export async function markAbandoned(leaseSeconds: number): Promise<void> {
  await db().pool.query(
    `UPDATE "OutboundEmail" SET "status" = 'UNKNOWN', "unknowns" = "unknowns" + 1, "leaseOwner" = NULL, "leaseUntil" = NULL,
       "lastError" = 'The worker stopped while this was being sent.', "nextAttemptAt" = now() + make_interval(secs => $1),
       "noticeSealed" = CASE WHEN "unknowns" = 0 THEN "noticeSealed" END
     WHERE "status" = 'SENDING' AND "leaseUntil" < now()`,
    [Math.min(UNKNOWN_WAIT_SECONDS, leaseSeconds)],
  );
}

export type Claimant = { owner: string; leaseSeconds: number };

/**
 * Claims the delivery that is due longest: a queued one, or the one repeat of one without an answer.
 * Commits SENDING before anything connects. An account that is sending already is left alone, or gets
 * a few more connections while its server takes them, so a dead server holds up nobody else's mail;
 * mails of one ticket leave one after the other. An account whose provider limits what leaves in a
 * minute waits when it has sent that. An acknowledgement is worth less than the second copy its
 * repeat could be, so it has none.
 * @param resting accounts that are left alone
 */
export async function claimDelivery(
  claimant: Claimant,
  resting: string[] = [],
): Promise<ClaimedDelivery | null> {
  // Most looks find nothing, and need no transaction for that.
  const due = await db().pool.query(`SELECT 1 FROM "OutboundEmail" due WHERE ${IS_DUE} LIMIT 1`);
  if (due.rowCount === 0) return null;
  return inPgTransaction(async (client) => {
    // One claim after the other: each must see which accounts the last one has set to sending.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('OutboundEmail.claim'))");
    const { owner, leaseSeconds } = claimant;
    return claimed(await client.query<Row>(CLAIM, [owner, leaseSeconds, resting]));
  });
}

function claimed({ rows }: pg.QueryResult<Row>): ClaimedDelivery | null {
  const [row] = rows;
  return row ? { ...row, token: BigInt(row.token) } : null;
}

type Row = Omit<ClaimedDelivery, "token"> & { token: string };

/** The first line is the condition of two indexes. */
const IS_DUE = `(due."status" = 'QUEUED' OR (due."status" = 'UNKNOWN' AND due."unknowns" = 1))
  AND ${isDueNow('due."nextAttemptAt"')}
  AND NOT (due."status" = 'UNKNOWN' AND EXISTS (
    SELECT 1 FROM "Message" m WHERE m."id" = due."messageRowId" AND m."automaticKind" = 'acknowledgement'))`;

const IS_BEING_SENT = `busy."status" = 'SENDING' AND busy."leaseUntil" >= now()`;

/**
 * Mails of one ticket leave one after the other. The few tickets that are being written to are looked
 * up once, and no join lets the planner look at all that is queued before it takes the first.
 */
const IS_TICKETS_TURN = `NOT coalesce(
  (SELECT ours."ticketId" FROM "Message" ours WHERE ours."id" = due."messageRowId") = ANY (ARRAY(
    SELECT theirs."ticketId" FROM "OutboundEmail" busy JOIN "Message" theirs ON theirs."id" = busy."messageRowId"
    WHERE ${IS_BEING_SENT})), false)`;

/** Accounts that send already, as many times as they may: few, and looked up once as well. */
const HAS_ROOM = `NOT coalesce(due."accountId" = ANY (ARRAY(
  SELECT busy."accountId" FROM "OutboundEmail" busy WHERE ${IS_BEING_SENT} GROUP BY busy."accountId"
  HAVING count(*) >= CASE WHEN EXISTS (SELECT 1 FROM "OutboundEmail" recent WHERE recent."accountId" = busy."accountId"
      AND recent."sentAt" > now() - interval '${JUST_SECONDS} seconds') AND NOT ${isLimited('busy."accountId"')}
    THEN ${AT_ONCE_MAX} ELSE 1 END)), false)`;

/** finish_and_claim_delivery(), in prisma/migrations, does the same for one account. */
const CLAIM = `
  UPDATE "OutboundEmail" o SET "status" = 'SENDING', "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $2),
    "leaseToken" = o."leaseToken" + 1, "attempts" = o."attempts" + 1
  WHERE o."id" = (
    SELECT due."id" FROM "OutboundEmail" due
    WHERE ${IS_DUE} AND NOT coalesce(due."accountId" = ANY($3::uuid[]), false) AND ${HAS_ROOM}
      AND ${IS_TICKETS_TURN} AND NOT ${hasReachedLimit('due."accountId"')}
    ORDER BY due."nextAttemptAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING o."id", o."messageRowId", o."noticeSealed", o."accountId",
    (SELECT a."updatedAt" FROM "EmailAccount" a WHERE a."id" = o."accountId") AS "accountUpdatedAt",
    (SELECT m."ticketId" FROM "Message" m WHERE m."id" = o."messageRowId") AS "ticketId",
    o."messageId", o."recipients", o."attempts", o."unknowns",
    o."giveUpAt" <= now() AS "isTooLate", o."leaseToken"::text AS token`;

/** Makes the lease of a delivery last on while its server answers slowly. */
export async function renewDelivery(
  delivery: ClaimedDelivery,
  leaseSeconds: number,
): Promise<void> {
  await db().pool.query(
    `UPDATE "OutboundEmail" SET "leaseUntil" = now() + make_interval(secs => $3) WHERE "id" = $1 AND "leaseToken" = $2`,
    [delivery.id, delivery.token.toString(), leaseSeconds],
  );
}

/**
 * Writes how a try ended, if the delivery is still ours, and tells of it when that is committed. Of the
 * recipients, who is reported as undeliverable stays so.
 */
export async function finishDelivery(delivery: ClaimedDelivery, end: DeliveryEnd): Promise<void> {
  await db().pool.query(
    "SELECT finish_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    endValues(delivery, end),
  );
}

/**
 * As finishDelivery(), and claims what is queued next of the same account, in one statement: to plan and
 * commit is most of what a mail costs. It waits for no other claim: the account is sent from over as
 * many connections as before. `mailsPerMinute` is what its provider lets leave, null without a limit.
 */
export async function finishAndClaim(
  delivery: ClaimedDelivery,
  end: DeliveryEnd,
  next: { claimant: Claimant; accountId: string; mailsPerMinute: number | null },
): Promise<ClaimedDelivery | null> {
  const { owner, leaseSeconds } = next.claimant;
  return claimed(
    await db().pool.query<Row>(
      `SELECT * FROM finish_and_claim_delivery(
         $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [...endValues(delivery, end), next.accountId, next.mailsPerMinute, owner, leaseSeconds],
    ),
  );
}

/** In the order in which the functions take them. */
function endValues(delivery: ClaimedDelivery, end: DeliveryEnd): unknown[] {
  const minutes = RETRY_MINUTES[delivery.attempts - 1] ?? 120;
  const waitSeconds =
    end.waitSeconds ?? (end.status === "UNKNOWN" ? UNKNOWN_WAIT_SECONDS : minutes * 60);
  const [channel, notice] = delivery.ticketId ? noticeOf("ticket", delivery.ticketId)[1] : [];
  return [
    delivery.id,
    delivery.token.toString(),
    end.status,
    JSON.stringify(end.recipients),
    end.response,
    end.error,
    end.fix,
    waitSeconds,
    end.waitSeconds !== undefined,
    SENT_COPY_WAIT_SECONDS,
    end.stopsClock ? `${AFTER_WAITING_HOURS} hours` : null,
    channel ?? null,
    notice ?? null,
  ];
}
