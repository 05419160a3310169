import { readFile, stat } from "node:fs/promises";
import { db } from "@/lib/db/client";
import { InboundStatus } from "@/lib/db/generated/enums";
import { AppError } from "@/lib/errors";
import { createParsePool, type ParsePool, ParserKilled } from "@/lib/inbound/parse-pool";
import { pollNow } from "@/lib/inbound/poll-now";
import { retryReceipt } from "@/lib/inbound/receipt-decisions";
import { type ExplainedMail, explainMail } from "@/lib/mail/explain";
import { MailUnreadable } from "@/lib/mail/parse";
import { deliverDue } from "@/lib/outbound/deliver";
import { type Command, parse, UsageError } from "./command";

/** Files `mail explain` reads are bounded like mails are. */
const EXPLAIN_BYTES_MAX = 100 * 1024 * 1024;

export const poll: Command = {
  usage: "poll [--account ID]",
  async run(args) {
    const { values } = parse(args, { account: { type: "string" } }, { min: 0, max: 0 });
    if (values.account !== undefined && !/^[0-9a-f-]{36}$/i.test(values.account))
      throw new AppError("not-found", `There is no email account ${values.account}.`);
    const result = await pollNow(values.account ?? null);
    if (values.account && result.failed[0])
      throw new AppError(
        "unavailable",
        `Polling ${result.failed[0].account} failed: ${result.failed[0].error}`,
      );
    return result;
  },
};

export const deliver: Command = {
  usage: "deliver",
  async run(args) {
    parse(args, {}, { min: 0, max: 0 });
    return deliverDue(`desk-${process.pid}`);
  },
};

export const mailExplain: Command = {
  usage: "mail explain FILE.eml…",
  isOffline: true,
  isLines: true,
  async run(args) {
    const { positionals } = parse(args, {}, { min: 1, max: 100_000 });
    return explainAll(positionals);
  },
};

/** Each file as it is done: one that can't be read as a mail says so and holds up no other. */
async function* explainAll(files: string[]): AsyncGenerator<ExplainedMail> {
  const pool = createParsePool();
  try {
    for (const file of files) {
      const info = await stat(file).catch(() => null);
      if (!info?.isFile()) throw new AppError("not-found", `There is no file ${file}.`);
      if (info.size > EXPLAIN_BYTES_MAX)
        throw new AppError("invalid", `${file} is larger than 100 MB.`);
      yield await explainOne(pool, file);
    }
  } finally {
    await pool.close();
  }
}

async function explainOne(pool: ParsePool, file: string): Promise<ExplainedMail> {
  try {
    return explainMail(file, await pool.parse(await readFile(file)));
  } catch (error) {
    if (!(error instanceof MailUnreadable) && !(error instanceof ParserKilled)) throw error;
    return { file, ...NOTHING_UNDERSTOOD, warnings: [error.message] };
  }
}

const NOTHING_UNDERSTOOD: Omit<ExplainedMail, "file" | "warnings"> = {
  messageId: null,
  from: null,
  replyTo: [],
  to: [],
  cc: [],
  subject: "",
  date: null,
  text: "",
  html: null,
  newText: "",
  quotedText: "",
  attachments: [],
  automatic: null,
  bounce: null,
  forwarded: null,
  authentication: null,
};

export const inboundList: Command = {
  usage: "inbound list [--status S]",
  async run(args) {
    const { values } = parse(args, { status: { type: "string" } }, { min: 0, max: 0 });
    const status = Object.values(InboundStatus).find(
      (known) => known === values.status?.toUpperCase(),
    );
    if (values.status !== undefined && !status)
      throw new UsageError(`--status is one of ${Object.values(InboundStatus).join(", ")}`);
    const receipts = await db().prisma.inboundEmail.findMany({
      where: status ? { status } : {},
      orderBy: { receivedAt: "desc" },
      take: 1000,
      select: {
        id: true,
        status: true,
        reason: true,
        error: true,
        attempts: true,
        uid: true,
        size: true,
        receivedAt: true,
        processedAt: true,
        account: { select: { email: true } },
        message: { select: { ticket: { select: { number: true } } } },
      },
    });
    return receipts.map(({ account, message, ...receipt }) => ({
      ...receipt,
      account: account?.email ?? null,
      ticket: message?.ticket.number ?? null,
    }));
  },
};

export const inboundRetry: Command = {
  usage: "inbound retry ID|--all",
  async run(args) {
    const { values, positionals } = parse(args, { all: { type: "boolean" } }, { min: 0, max: 1 });
    if (values.all === (positionals.length === 1)) throw new UsageError("give an id, or --all");
    const actor = { id: null, role: "ADMIN" as const };
    const ids = values.all
      ? (
          await db().prisma.inboundEmail.findMany({
            // What has no bytes can only be fetched again, not processed again.
            where: { status: "QUARANTINED", raw: { isNot: null } },
            select: { id: true },
          })
        ).map(({ id }) => id)
      : [positionals[0] ?? ""];
    for (const id of ids) await retryReceipt(actor, id);
    return { retried: ids.length };
  },
};
