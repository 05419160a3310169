import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { emptyDatabase, useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { connectAccount, receiveOnTicket, store } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "@/lib/testing/scripted-smtp";
import { replyToTicket } from "@/lib/tickets/reply";

// A worker whose clock is wrong. What is due is decided by the database's clock alone.

useTestDatabase();

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

let bed: MailBed;
let smtp: ScriptedSmtp;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  bed = await startMailBed();
  smtp = await startScriptedSmtp({ afterDot: { code: 451, text: "4.3.0 try again" } });
});
afterAll(async () => {
  await smtp?.close();
  await bed?.stop();
});
beforeEach(() => emptyDatabase(db().pool));
afterEach(() => worker?.kill());

/** For NODE_OPTIONS: makes Date, in the whole process, so much later than it is. */
function shiftedClock(ms: number): string {
  const code = `const Real = globalThis.Date;
    globalThis.Date = class Date extends Real {
      constructor(...given) {
        if (given.length) super(...given);
        else super(Real.now() + ${ms});
      }
      static now() { return Real.now() + ${ms}; }
    };`;
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}

/** An answer on a ticket of this account. @returns the delivery's id. */
async function answerOn(accountId: string): Promise<string> {
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  const { ticket } = await receiveOnTicket(rawMail(), { accountId });
  const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "A lamp?" });
  return (await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } })).id;
}

const delivery = (id: string) => db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } });

/** Work that is due in an hour, and an account that another worker has until then. */
async function addWorkForLater(accountId: string) {
  const nowhere = { imapPort: 1, smtpPort: 1 };
  const later = await connectAccount(nowhere, { email: "later@example.test" });
  const taken = await connectAccount(nowhere, { email: "taken@example.test" });
  const waiting = await answerOn(accountId);
  const postponed = await store(rawMail(), { accountId });
  const soon = "now() + interval '1 hour'";
  for (const [sql, id] of [
    [`UPDATE "EmailAccount" SET "nextPollAt" = ${soon} WHERE "id" = $1`, later.id],
    [
      `UPDATE "EmailAccount" SET "leaseOwner" = 'w', "leaseUntil" = ${soon} WHERE "id" = $1`,
      taken.id,
    ],
    [`UPDATE "OutboundEmail" SET "nextAttemptAt" = ${soon} WHERE "id" = $1`, waiting],
    [`UPDATE "InboundEmail" SET "nextTryAt" = ${soon} WHERE "id" = $1`, postponed],
  ] as const)
    await db().pool.query(sql, [id]);
  return async () => ({
    polledEarly: await db().prisma.pollRun.count({
      where: { accountId: { in: [later.id, taken.id] } },
    }),
    sentEarly: (await delivery(waiting)).attempts,
    processedEarly: (await db().prisma.inboundEmail.findUniqueOrThrow({ where: { id: postponed } }))
      .attempts,
  });
}

const NOTHING_EARLY = { polledEarly: 0, sentEarly: 0, processedEarly: 0 };

/** Seconds between the starts of polls, and until a delivery's next try and its end: the database's. */
async function seconds(accountId: string, deliveryId: string) {
  const gaps = await db().pool.query<{ gap: number }>(
    `SELECT extract(epoch FROM "startedAt" - lag("startedAt") OVER (ORDER BY "startedAt"))::float AS gap
     FROM "PollRun" WHERE "accountId" = $1 ORDER BY "startedAt" OFFSET 1`,
    [accountId],
  );
  const { rows } = await db().pool.query<{ wait: number }>(
    `SELECT extract(epoch FROM "nextAttemptAt" - now())::float AS wait FROM "OutboundEmail" WHERE "id" = $1`,
    [deliveryId],
  );
  return { gaps: gaps.rows.map(({ gap }) => gap), wait: rows[0]?.wait ?? 0 };
}

const runsOf = (accountId: string) => db().prisma.pollRun.count({ where: { accountId } });

it.each([
  ["ten years ahead", 10 * YEAR_MS],
  ["an hour ahead", HOUR_MS],
  ["an hour behind", -HOUR_MS],
  ["ten years behind", -10 * YEAR_MS],
])(
  "a worker whose clock is %s runs nothing early, and gives nothing up early",
  async (_what, ms) => {
    const folder = `C${ms}`;
    await bed.append(USER, rawMail({ subject: "Just in" }), { folder });
    const ports = { imapPort: bed.imapPort, smtpPort: smtp.port };
    const account = await connectAccount(ports, { folder });
    const early = await addWorkForLater(account.id);
    const id = await answerOn(account.id);
    const options = [process.env.NODE_OPTIONS ?? "", shiftedClock(ms)].join(" ").trim();
    worker = await startWorkerProcess({ NODE_OPTIONS: options, EMAIL_POLLING_INTERVAL: "1" });
    const justIn = () => db().prisma.ticket.count({ where: { subject: "Just in" } });
    await expect.poll(justIn, PATIENTLY).toBe(1);
    await expect
      .poll(() => delivery(id), PATIENTLY)
      .toMatchObject({ status: "QUEUED", attempts: 1 });
    await expect.poll(() => runsOf(account.id), PATIENTLY).toBeGreaterThanOrEqual(3);
    const { gaps, wait } = await seconds(account.id, id);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1);
    expect(wait).toBeGreaterThan(40);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await early()).toEqual(NOTHING_EARLY);
    expect(await worker.stop()).toBe(0);
  },
);
