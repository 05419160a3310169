import type pg from "pg";
import { db } from "../db/client";
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
    return claimIn(client, CLAIM_ANY, [claimant.owner, claimant.leaseSeconds, resting]);
  });
}

async function claimIn(
  client: pg.PoolClient,
  claim: string,
  values: unknown[],
): Promise<ClaimedDelivery | null> {
  const [row] = (await client.query<Row>(claim, values)).rows;
  return row ? { ...row, token: BigInt(row.token) } : null;
}

type Row = Omit<ClaimedDelivery, "token"> & { token: string };

/**
 * The first line is the condition of two indexes. What is stored is rounded to the millisecond, and
 * may seem due half a one from now when it was queued just now.
 */
const IS_DUE = `(due."status" = 'QUEUED' OR (due."status" = 'UNKNOWN' AND due."unknowns" = 1))
  AND due."nextAttemptAt" <= now() + interval '1 millisecond'
  AND NOT (due."status" = 'UNKNOWN' AND EXISTS (
    SELECT 1 FROM "Message" m WHERE m."id" = due."messageRowId" AND m."automaticKind" = 'acknowledgement'))`;

const IS_BEING_SENT = `busy."status" = 'SENDING' AND busy."leaseUntil" >= now()`;

const IS_TICKETS_TURN = `NOT EXISTS (SELECT 1 FROM "OutboundEmail" busy
  JOIN "Message" theirs ON theirs."id" = busy."messageRowId"
  JOIN "Message" ours ON ours."ticketId" = theirs."ticketId"
  WHERE ${IS_BEING_SENT} AND ours."id" = due."messageRowId")`;

const HAS_ROOM = `
  (SELECT count(*) FROM "OutboundEmail" busy WHERE busy."accountId" = due."accountId" AND ${IS_BEING_SENT})
  < CASE WHEN EXISTS (SELECT 1 FROM "OutboundEmail" recent WHERE recent."accountId" = due."accountId"
      AND recent."sentAt" > now() - interval '${JUST_SECONDS} seconds') AND NOT ${isLimited('due."accountId"')}
    THEN ${AT_ONCE_MAX} ELSE 1 END`;

const claim = (which: string) => `
  UPDATE "OutboundEmail" o SET "status" = 'SENDING', "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $2),
    "leaseToken" = o."leaseToken" + 1, "attempts" = o."attempts" + 1
  WHERE o."id" IN (
    SELECT due."id" FROM "OutboundEmail" due
    WHERE ${IS_DUE} AND ${which} AND ${IS_TICKETS_TURN} AND NOT ${hasReachedLimit('due."accountId"')}
    ORDER BY due."nextAttemptAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING o."id", o."messageRowId", o."noticeSealed", o."accountId",
    (SELECT a."updatedAt" FROM "EmailAccount" a WHERE a."id" = o."accountId") AS "accountUpdatedAt",
    (SELECT m."ticketId" FROM "Message" m WHERE m."id" = o."messageRowId") AS "ticketId",
    o."messageId", o."recipients", o."attempts", o."unknowns",
    o."giveUpAt" <= now() AS "isTooLate", o."leaseToken"::text AS token`;

const CLAIM_ANY = claim(`NOT coalesce(due."accountId" = ANY($3::uuid[]), false) AND ${HAS_ROOM}`);
const CLAIM_OF_ACCOUNT = claim(`due."accountId" = $3`);

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
 * The recipients as this try left them, but who is reported as undeliverable stays so: the report
 * may have come in before the try's end was written.
 */
const RECIPIENTS = `COALESCE((
  SELECT jsonb_agg(COALESCE(bounced.value, ended.value) ORDER BY ended.n)
  FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS ended (value, n)
  LEFT JOIN LATERAL (
    SELECT known.value FROM jsonb_array_elements("OutboundEmail"."recipients") AS known (value)
    WHERE known.value->>'address' = ended.value->>'address' AND known.value->>'status' = 'bounced'
    LIMIT 1) bounced ON true), '[]')`;

/** Writes how a try ended, if the delivery is still ours, and tells of it. */
export async function finishDelivery(delivery: ClaimedDelivery, end: DeliveryEnd): Promise<void> {
  await finishIn(db().pool, delivery, end);
}

/**
 * As finishDelivery(), and claims what is due next of the same account, in one commit. It waits for no
 * other claim: the account is sent from over as many connections as before.
 */
export function finishAndClaim(
  delivery: ClaimedDelivery,
  end: DeliveryEnd,
  next: { claimant: Claimant; accountId: string },
): Promise<ClaimedDelivery | null> {
  return inPgTransaction(async (client) => {
    await finishIn(client, delivery, end);
    const { owner, leaseSeconds } = next.claimant;
    return claimIn(client, CLAIM_OF_ACCOUNT, [owner, leaseSeconds, next.accountId]);
  });
}

async function finishIn(
  client: Pick<pg.Pool, "query">,
  delivery: ClaimedDelivery,
  end: DeliveryEnd,
): Promise<void> {
  const minutes = RETRY_MINUTES[delivery.attempts - 1] ?? 120;
  const waitSeconds =
    end.waitSeconds ?? (end.status === "UNKNOWN" ? UNKNOWN_WAIT_SECONDS : minutes * 60);
  await client.query(
    `UPDATE "OutboundEmail" SET "status" = $3::"OutboundStatus", "recipients" = ${RECIPIENTS}, "lastResponse" = COALESCE($5, "lastResponse"),
       "lastError" = $6, "lastErrorFix" = $7, "leaseOwner" = NULL, "leaseUntil" = NULL,
       "nextAttemptAt" = now() + make_interval(secs => $8),
       "giveUpAt" = CASE WHEN $11 THEN GREATEST("giveUpAt", now() + interval '${AFTER_WAITING_HOURS} hours') ELSE "giveUpAt" END,
       "noticeSealed" = CASE WHEN $3 = 'QUEUED' OR ($3 = 'UNKNOWN' AND "unknowns" = 0) THEN "noticeSealed" END,
       "sentAt" = CASE WHEN $3 = 'SENT' THEN now() ELSE "sentAt" END,
       "sentCopyDueAt" = CASE WHEN $3 = 'SENT' AND "messageRowId" IS NOT NULL AND EXISTS (
         SELECT 1 FROM "EmailAccount" a WHERE a."id" = "OutboundEmail"."accountId" AND a."copyToSent") THEN now() + make_interval(secs => $10) END,
       "unknowns" = "unknowns" + CASE WHEN $3 = 'UNKNOWN' THEN 1 ELSE 0 END,
       "attempts" = "attempts" - CASE WHEN $9 THEN 1 ELSE 0 END
     WHERE "id" = $1 AND "leaseToken" = $2`,
    [
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
      end.stopsClock ?? false,
    ],
  );
  if (delivery.ticketId) await client.query(...noticeOf("ticket", delivery.ticketId));
}
