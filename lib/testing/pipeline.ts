import { createAccount } from "../accounts/create";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { claimAccounts } from "../inbound/lease";
import type { ParsePool } from "../inbound/parse-pool";
import { type PassResult, pollAccounts } from "../inbound/poll";
import { Processor } from "../inbound/process";
import { log } from "../log";
import { fileAway } from "../mail/file-away";
import { parseMail } from "../mail/parse";
import { createReceipt } from "./factories";
import type { MailBed } from "./mail-bed";

// Drives the way of a mail inside the test's own process, with the parts a worker uses.

log.level = "silent";

const LEASE_SECONDS = 30;

/** Parses without a thread, which is what a database test has time for. */
export const inProcessParser: ParsePool = {
  start: () => undefined,
  parse: async (raw) => fileAway(await parseMail(raw)),
  close: async () => undefined,
};

/** The machine's owner, as the CLI is. */
export const OWNER = { id: null, role: "ADMIN" } as const;

export function testProcessor(owner = "test", parser = inProcessParser): Processor {
  return new Processor(owner, parser);
}

/**
 * Connects an account to the bed, with polling on, reading everything that is there. IMAP is
 * unencrypted: the certificate authority of the bed is not one this process trusts.
 */
export function connectAccount(
  bed: Pick<MailBed, "imapPort" | "smtpPort">,
  fields: Partial<AccountInput> = {},
): Promise<{ id: string; email: string }> {
  const email = fields.email ?? "support@example.test";
  return createAccount(OWNER, {
    smtpHost: "127.0.0.1",
    smtpPort: bed.smtpPort,
    smtpSecurity: "none",
    smtpUsername: email,
    smtpPassword: "pw",
    imapHost: "127.0.0.1",
    imapPort: bed.imapPort,
    imapSecurity: "none",
    pollingEnabled: true,
    startMode: "all",
    ...fields,
    email,
  });
}

/** One pass over these accounts, or over all, as a worker makes it. */
export async function pollOnce(accountIds: string[] | null = null): Promise<PassResult> {
  const leases = await claimAccounts("test", accountIds, LEASE_SECONDS);
  return pollAccounts(leases, testProcessor(), new AbortController().signal);
}

const OUTCOME = {
  id: true,
  status: true,
  outcome: true,
  reason: true,
  error: true,
  attempts: true,
  message: {
    include: {
      ticket: {
        include: { possibleReplyTo: { select: { number: true } }, requester: true },
      },
    },
  },
} as const;

/** What became of a receipt, with its message and ticket. */
export async function outcomeOf(receiptId: string) {
  const receipt = await db().prisma.inboundEmail.findUniqueOrThrow({
    where: { id: receiptId },
    select: OUTCOME,
  });
  return { ...receipt, ticket: receipt.message?.ticket ?? null };
}

type Arrival = NonNullable<Parameters<typeof createReceipt>[0]>;

/** Stores a mail as if it had just been fetched, without processing it. @returns the receipt's id. */
export async function store(raw: string | Buffer, fields: Arrival = {}): Promise<string> {
  const { id } = await createReceipt({
    accountId: await anyAccount(),
    receivedAt: new Date(),
    internalDate: new Date(),
    ...fields,
    bytes: raw,
  });
  return id;
}

/** Stores a mail, processes what waits, and says what became of it. */
export async function receive(raw: string | Buffer, fields: Arrival = {}) {
  const id = await store(raw, fields);
  await testProcessor().run({});
  return outcomeOf(id);
}

/** As receive(), for mails that must have ended on a ticket. */
export async function receiveOnTicket(raw: string | Buffer, fields: Arrival = {}) {
  const { ticket, message, ...receipt } = await receive(raw, fields);
  if (!ticket || !message)
    throw new Error(`The mail is on no ticket: ${receipt.status}, ${receipt.reason}`);
  return { ...receipt, ticket, message };
}

/** The one account of a test that did not make its own. */
async function anyAccount(): Promise<string> {
  const account = await db().prisma.emailAccount.findFirst({
    orderBy: { createdAt: "asc" },
    select: { id: true },
  });
  if (account) return account.id;
  const made = await createAccount(OWNER, {
    email: "support@example.test",
    smtpHost: "smtp.example.test",
    smtpUsername: "support@example.test",
    smtpPassword: "pw",
    imapHost: "imap.example.test",
  });
  return made.id;
}

/** Makes every postponed receipt and delivery due now, instead of waiting. */
export async function makeEverythingDue(): Promise<void> {
  await db().pool.query(
    `UPDATE "InboundEmail" SET "nextTryAt" = now() - interval '1 second' WHERE "status" = 'PENDING'`,
  );
  await db().pool.query(`UPDATE "OutboundEmail" SET "nextAttemptAt" = now() - interval '1 second'`);
}

/** A worker that is alive by its heartbeat, as far as others can see. */
export async function addLiveWorker(): Promise<void> {
  await db().pool.query(
    `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "pollingEnabled", "heartbeatAt")
     VALUES ('w', 'h', 1, 'v', true, now())`,
  );
}
