import { crashpoint } from "../crashpoint";
import { readRawMail } from "../db/bytes";
import { db, inTransaction, isDatabaseUnable, isUniqueViolation, type Tx } from "../db/client";
import { notify } from "../db/listen";
import { env } from "../env";
import { messageOf } from "../errors";
import { log, oneLine } from "../log";
import { contentIdOf } from "../mail/content-id";
import type { FiledMail } from "../mail/file-away";
import { MailUnreadable } from "../mail/parse";
import { finishBatch, withinLocks } from "./batch";
import type { BatchMail } from "./batch-facts";
import { BATCH } from "./batch-size";
import { takeRawMail } from "./fresh-mails";
import { type ParsePool, ParserKilled } from "./parse-pool";
import {
  type ClaimedReceipt,
  type ClaimFilter,
  claimReceipts,
  postpone,
  quarantine,
} from "./receipt-claims";
import { believableDate, storeBlobs } from "./record";
import { type Outcome, ParentPending, routeMail } from "./route";

/** Receipts claimed at once, and bytes of their mails: they are in memory together, twice over. */
const CLAIM = { receipts: BATCH.mails, bytes: BATCH.bytes };

/** Mails read side by side, small ones together; the next ones are asked for before these are here. */
const READ_TOGETHER = 25;

/** Batches read while one is being written: one that takes longer to write holds up no reading. */
const READ_AHEAD = 2;

/** Tries after which a mail is quarantined, and parser deaths after which it is. */
const ATTEMPTS_MAX = 5;
const PARSER_KILLS_MAX = 2;

/** How long a mail waits that the database had no room for. */
const DATABASE_WAIT_SECONDS = 30;

/** Turns stored receipts into tickets and messages, in batches, with one parser. */
export class Processor {
  private lastRead: Promise<unknown> = Promise.resolve();
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly owner: string,
    private readonly pool: ParsePool,
  ) {}

  /** Makes the parser ready for mails that are on their way. */
  prepare(): void {
    this.pool.start();
  }

  /**
   * Processes what is due and matches `filter`, until nothing is left or `signal` aborts. Calls take
   * turns, a batch each, so a large import holds nobody up. While one batch is being written the next
   * ones are read.
   * @returns how many receipts reached their end.
   */
  async run(filter: ClaimFilter, signal?: AbortSignal): Promise<number> {
    let ended = 0;
    const turns: Promise<number>[] = [];
    for (;;) {
      const read = this.read(filter, signal);
      const turn = this.finish(read);
      turn.catch(() => undefined);
      turns.push(turn);
      if (turns.length > READ_AHEAD) ended += (await turns.shift()) ?? 0;
      if ((await read).claimed === 0) break;
    }
    for (const turn of turns) ended += await turn;
    return ended;
  }

  /** Claims a batch and reads its mails, after those that were claimed before. */
  private read(filter: ClaimFilter, signal: AbortSignal | undefined): Promise<ReadBatch> {
    const read = this.lastRead.then(() =>
      signal?.aborted ? NOTHING_READ : readBatch(this.owner, filter, this.pool),
    );
    this.lastRead = read.catch(() => undefined);
    return read;
  }

  /** Writes a batch, after those that were read before. @returns how many reached their end. */
  private finish(read: Promise<ReadBatch>): Promise<number> {
    const turn = this.lastTurn.then(async () => {
      const { mails, ended } = await read;
      let sum = ended;
      for (const batch of withinLocks(mails)) sum += await endBatch(batch);
      return sum;
    });
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

/** Mails of a batch that are read; `ended` are those that came to their end before. */
type ReadBatch = { claimed: number; ended: number; mails: BatchMail[] };

const NOTHING_READ: ReadBatch = { claimed: 0, ended: 0, mails: [] };

/** What is not read by then goes back, so that no lease ends while others are being read. */
const readingMs = () => (env().WORKER_LEASE_SECONDS * 1000) / 3;

async function readBatch(owner: string, filter: ClaimFilter, pool: ParsePool): Promise<ReadBatch> {
  const claimed = await claimReceipts(owner, filter, CLAIM, env().WORKER_LEASE_SECONDS);
  const until = performance.now() + readingMs();
  const batch: ReadBatch = { claimed: claimed.length, ended: 0, mails: [] };
  const take = (read: (BatchMail | boolean)[]) => {
    for (const mail of read) {
      if (typeof mail === "object") batch.mails.push(mail);
      else if (mail) batch.ended++;
    }
  };
  let before: Promise<(BatchMail | boolean)[]> = Promise.resolve([]);
  for (let start = 0; start < claimed.length; start += READ_TOGETHER) {
    const some = claimed.slice(start, start + READ_TOGETHER);
    const isLate = start > 0 && performance.now() > until;
    const read = some.map((receipt) => (isLate ? putBack(receipt) : readOrEnd(receipt, pool)));
    const these = Promise.all(read);
    these.catch(() => undefined);
    take(await before);
    before = these;
  }
  take(await before);
  return batch;
}

async function putBack(receipt: ClaimedReceipt): Promise<false> {
  await postpone(receipt, { seconds: 0, error: null });
  return false;
}

/** @returns the mail, read; otherwise whether its receipt came to an end. */
async function readOrEnd(receipt: ClaimedReceipt, pool: ParsePool): Promise<BatchMail | boolean> {
  crashpoint("process.claimed");
  return readReceipt(receipt, pool).catch((error) => endWithTrouble(receipt, error));
}

/** @returns the mail, read; true when its receipt came to an end already. */
async function readReceipt(receipt: ClaimedReceipt, pool: ParsePool): Promise<BatchMail | true> {
  if (receipt.attempts > ATTEMPTS_MAX) {
    await quarantine(receipt, `Not processed after ${ATTEMPTS_MAX} tries.`, null);
    return true;
  }
  const raw = takeRawMail(receipt.id) ?? (await readRawMail(receipt.id));
  if (!raw) {
    await quarantine(receipt, "Its bytes are not stored.", null);
    return true;
  }
  crashpoint("process.bytes-read");
  const mail = withNotice(await pool.parse(raw), receipt);
  crashpoint("process.parsed");
  await storeBlobs(mail.attachments);
  crashpoint("process.blobs-stored");
  const at = believableDate(mail, receipt.internalDate ?? receipt.receivedAt);
  return { receipt, mail, contentId: contentIdOf(mail), at };
}

/**
 * Receipts to their end, or back to wait: the plain ones together, then the others one by one.
 * Whatever goes wrong with one mail ends here: its receipt keeps the error, and the next mail is not
 * delayed.
 * @returns how many reached an end.
 */
async function endBatch(mails: BatchMail[]): Promise<number> {
  const left = await finishBatch(mails).catch((error) => {
    log.warn(
      `A batch of ${mails.length} mails is processed mail by mail: ${oneLine(messageOf(error))}`,
    );
    return mails;
  });
  let ended = mails.length - left.length;
  for (const mail of left) if (await endByItself(mail)) ended++;
  return ended;
}

async function endByItself({ receipt, ...read }: BatchMail): Promise<boolean> {
  try {
    await finishInTransaction(receipt, (tx) => routeMail(tx, { receipt, ...read }));
    return true;
  } catch (error) {
    return endWithTrouble(receipt, error);
  }
}

/** A mail beyond EMAIL_MAX_MESSAGE_MB came without its body: the ticket says so. */
function withNotice(mail: FiledMail, receipt: ClaimedReceipt): FiledMail {
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
