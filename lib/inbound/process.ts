import { crashpoint } from "../crashpoint";
import { readRawMail } from "../db/bytes";
import { db, inTransaction, isDatabaseUnable, isUniqueViolation, type Tx } from "../db/client";
import { notify } from "../db/listen";
import { env } from "../env";
import { messageOf } from "../errors";
import { log, oneLine } from "../log";
import type { Mail } from "../mail/mail";
import { MailUnreadable } from "../mail/parse";
import { type ParsePool, ParserKilled } from "./parse-pool";
import {
  type ClaimedReceipt,
  type ClaimFilter,
  claimReceipts,
  postpone,
  quarantine,
} from "./receipt-claims";
import { storeBlobs } from "./record";
import { type Outcome, ParentPending, routeMail } from "./route";

/** Receipts claimed at once: so few that the default lease outlasts the parser's deadline for each. */
const CLAIM_SIZE = 3;

/** Tries after which a mail is quarantined, and parser deaths after which it is. */
const ATTEMPTS_MAX = 5;
const PARSER_KILLS_MAX = 2;

/** How long a mail waits that the database had no room for. */
const DATABASE_WAIT_SECONDS = 30;

/** Turns stored receipts into tickets and messages, one after the other, with one parser. */
export class Processor {
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly owner: string,
    private readonly pool: ParsePool,
  ) {}

  /**
   * Processes what is due and matches `filter`, until nothing is left or `signal` aborts. Calls take
   * turns, a handful of receipts each, so a large import holds nobody up.
   * @returns how many receipts reached their end.
   */
  async run(filter: ClaimFilter, signal?: AbortSignal): Promise<number> {
    let ended = 0;
    for (
      let turn = await this.takeTurn(filter, signal);
      turn.claimed > 0;
      turn = await this.takeTurn(filter, signal)
    )
      ended += turn.ended;
    return ended;
  }

  private takeTurn(
    filter: ClaimFilter,
    signal?: AbortSignal,
  ): Promise<{ claimed: number; ended: number }> {
    const turn = this.lastTurn.then(async () => {
      if (signal?.aborted) return { claimed: 0, ended: 0 };
      const claimed = await claimReceipts(
        this.owner,
        filter,
        CLAIM_SIZE,
        env().WORKER_LEASE_SECONDS,
      );
      let ended = 0;
      for (const receipt of claimed) if (await processReceipt(receipt, this.pool)) ended++;
      return { claimed: claimed.length, ended };
    });
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

/**
 * One receipt to its end, or back to wait. Whatever goes wrong with one mail ends here: its receipt
 * keeps the error, and the next mail is not delayed.
 * @returns true when it reached an end.
 */
async function processReceipt(receipt: ClaimedReceipt, pool: ParsePool): Promise<boolean> {
  crashpoint("process.claimed");
  if (receipt.attempts > ATTEMPTS_MAX) {
    await quarantine(receipt, `Not processed after ${ATTEMPTS_MAX} tries.`, null);
    return true;
  }
  try {
    const raw = await readRawMail(receipt.id);
    if (!raw) {
      await quarantine(receipt, "Its bytes are not stored.", null);
      return true;
    }
    crashpoint("process.bytes-read");
    const mail = withNotice(await pool.parse(raw), receipt);
    crashpoint("process.parsed");
    const attachments = await storeBlobs(mail);
    crashpoint("process.blobs-stored");
    await finishInTransaction(receipt, (tx) => routeMail(tx, receipt, mail, attachments));
    return true;
  } catch (error) {
    return endWithTrouble(receipt, error);
  }
}

/** A mail beyond EMAIL_MAX_MESSAGE_MB came without its body: the ticket says so. */
function withNotice(mail: Mail, receipt: ClaimedReceipt): Mail {
  if (!receipt.isTruncated) return mail;
  const notice = `This mail is larger than ${env().EMAIL_MAX_MESSAGE_MB} MB, so only its headers were fetched. The whole mail is still in the inbox on the mail server.`;
  return {
    ...mail,
    text: notice,
    newText: notice,
    html: null,
    attachments: [],
    warnings: [...mail.warnings, notice],
  };
}

/** Tx B: routes the mail and ends the receipt in one commit, if the receipt is still ours. */
async function finishInTransaction(
  receipt: ClaimedReceipt,
  route: (tx: Tx) => Promise<Outcome>,
): Promise<void> {
  const work = async (tx: Tx) => {
    if (!(await lockPending(tx, receipt))) return;
    crashpoint("process.locked");
    const outcome = await route(tx);
    crashpoint("process.routed");
    await tx.inboundEmail.update({
      where: { id: receipt.id },
      data: {
        status: outcome.status,
        reason: outcome.reason,
        outcome: outcome.outcome ?? null,
        contentId: outcome.contentId,
        messageRowId: outcome.messageRowId ?? null,
        error: null,
        leaseOwner: null,
        leaseUntil: null,
        processedAt: new Date(),
      },
      select: { id: true },
    });
    await notify(tx, "inbound", receipt.id);
    crashpoint("process.receipt-ended");
  };
  try {
    await inTransaction(work);
    crashpoint("process.committed");
  } catch (error) {
    // Two workers met the same mail or person at once: the second look finds what the first one wrote.
    if (!isUniqueViolation(error)) throw error;
    await inTransaction(work);
  }
}

/** False when somebody else finished it, or claimed it after our lease ended. */
async function lockPending(tx: Tx, receipt: ClaimedReceipt): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "InboundEmail"
    WHERE "id" = ${receipt.id}::uuid AND "status" = 'PENDING' AND "leaseToken" = ${receipt.token}
    FOR UPDATE`;
  return rows.length === 1;
}

async function endWithTrouble(receipt: ClaimedReceipt, error: unknown): Promise<boolean> {
  if (error instanceof ParentPending) {
    await postpone(receipt, { seconds: 1, error: null });
    return false;
  }
  if (error instanceof MailUnreadable) {
    await quarantine(receipt, `Can't be read as a mail: ${error.reason}.`, null);
    return true;
  }
  const words = oneLine(messageOf(error));
  if (isDatabaseUnable(error)) {
    log.error(`Receipt ${receipt.id} waits for the database: ${words}`);
    await postpone(receipt, { seconds: DATABASE_WAIT_SECONDS, error: words, isOursAlone: true });
    return false;
  }
  const wasKill = error instanceof ParserKilled;
  const isLast = wasKill
    ? receipt.parserKills + 1 >= PARSER_KILLS_MAX
    : receipt.attempts >= ATTEMPTS_MAX;
  log.warn(`Receipt ${receipt.id} could not be processed (try ${receipt.attempts}): ${words}`);
  if (isLast) {
    const reason = wasKill
      ? `It stopped the parser ${PARSER_KILLS_MAX} times.`
      : `Not processed after ${ATTEMPTS_MAX} tries: ${words}`;
    await quarantine(receipt, reason, words);
    return true;
  }
  await postpone(receipt, { seconds: 2 ** receipt.attempts, error: words, wasKill });
  return false;
}

/** How many receipts of a poll still wait. */
export async function countPending(pollRunId: string): Promise<number> {
  return db().prisma.inboundEmail.count({ where: { pollRunId, status: "PENDING" } });
}
