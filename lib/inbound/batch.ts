import type pg from "pg";
import { crashpoint } from "../crashpoint";
import { triesAgain } from "../db/client";
import { inPgTransaction } from "../db/pg-transaction";
import { inPieces } from "../in-pieces";
import { type BatchMail, gatherFacts } from "./batch-facts";
import { planBatch } from "./batch-plan";
import { writePlan } from "./batch-write";
import { conversationKeys } from "./thread";

/** Ids whose conversations one batch holds: each takes a lock of Postgres's shared table. */
const CONVERSATION_KEYS_MAX = 1_000;

/**
 * Tx B for many: routes the plain mails of a batch and ends their receipts in one commit, those that
 * are still ours. A mail that cannot be dealt with so, or whose mails fail together, is left.
 * @returns the mails left, to be routed one by one; [] when all are done.
 * @throws what Postgres says; nothing of the batch is stored then.
 */
export async function finishBatch(mails: readonly BatchMail[]): Promise<BatchMail[]> {
  const left = await triesAgain(() =>
    inPgTransaction((client) => routeTogether(client, mails), BY_INDEX),
  );
  crashpoint("process.committed");
  return left;
}

/**
 * All that a batch asks for has an index. Left to itself, Postgres reads whole tables instead while it
 * has not counted them yet, or not since they grew: just when much mail comes in.
 */
const BY_INDEX = "SET LOCAL enable_seqscan = off";

async function routeTogether(
  client: pg.PoolClient,
  mails: readonly BatchMail[],
): Promise<BatchMail[]> {
  const { ours, now } = await lockReceipts(client, mails);
  if (ours.length === 0) return [];
  crashpoint("process.locked");
  await lockConversations(client, ours);
  const facts = await gatherFacts(client, ours);
  const plan = planBatch(ours, facts);
  await writePlan(client, plan, { ...facts, startedAt: now });
  return plan.left;
}

/** Leaves out receipts that somebody else finished, or claimed after our lease ended. */
async function lockReceipts(
  client: pg.PoolClient,
  mails: readonly BatchMail[],
): Promise<{ ours: BatchMail[]; now: Date }> {
  const { rows } = await client.query<{ id: string; now: Date }>(
    `SELECT i."id", now() AS now FROM "InboundEmail" i
       JOIN unnest($1::uuid[], $2::bigint[]) AS claimed (id, token) ON claimed.id = i."id" AND claimed.token = i."leaseToken"
     WHERE i."status" = 'PENDING' ORDER BY i."id" FOR UPDATE OF i`,
    [mails.map(({ receipt }) => receipt.id), mails.map(({ receipt }) => receipt.token.toString())],
  );
  const held = new Set(rows.map(({ id }) => id));
  return {
    ours: mails.filter(({ receipt }) => held.has(receipt.id)),
    now: rows[0]?.now ?? new Date(),
  };
}

/** lockConversation() for all of them, in the same order. */
async function lockConversations(client: pg.PoolClient, mails: readonly BatchMail[]) {
  const keys = [...new Set(mails.flatMap(({ mail }) => conversationKeys(mail)))].sort();
  await client.query(
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key",
    [keys],
  );
}

/** Mails in their order, in batches that hold no more locks each than one transaction may. */
export function withinLocks(mails: readonly BatchMail[]): BatchMail[][] {
  return inPieces(mails, ({ mail }) => conversationKeys(mail).length, {
    sizeMax: CONVERSATION_KEYS_MAX,
  });
}
