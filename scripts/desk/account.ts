import { createAccount } from "@/lib/accounts/create";
import type { StartMode } from "@/lib/accounts/schema";
import { type ConnectionTest, testAccount } from "@/lib/accounts/test-connection";
import { db } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { type Command, parse, readStdin, required, UsageError } from "./command";

const SECURITIES = ["auto", "tls", "starttls", "none"] as const;

function securityOf(value: string | undefined, name: string) {
  if (value === undefined) return "auto" as const;
  const known = SECURITIES.find((security) => security === value);
  if (!known) throw new UsageError(`--${name} is tls, starttls or none`);
  return known;
}

function startOf(value: string | undefined): { startMode: StartMode; startDate?: Date } {
  if (value === undefined || value === "now") return { startMode: "now" };
  if (value === "all") return { startMode: "all" };
  const startDate = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(startDate.getTime()))
    throw new UsageError("--start-from is all, now or an ISO date such as 2026-01-31");
  return { startMode: "date", startDate };
}

export const accountAdd: Command = {
  usage:
    "account add --email E [--name N] --smtp-host H --smtp-port P [--smtp-security tls|starttls|none] [--imap-host H] [--imap-port P] [--imap-security …] --username U [--imap-username U] --password-stdin [--active] [--default] [--polling] [--start-from all|now|ISO-DATE]",
  async run(args) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const { values } = parse(
      args,
      {
        email: text,
        name: text,
        "smtp-host": text,
        "smtp-port": text,
        "smtp-security": text,
        "imap-host": text,
        "imap-port": text,
        "imap-security": text,
        username: text,
        "imap-username": text,
        "password-stdin": flag,
        active: flag,
        default: flag,
        polling: flag,
        "start-from": text,
      },
      { min: 0, max: 0 },
    );
    if (!values["password-stdin"])
      throw new UsageError("--password-stdin is needed: the password is read from stdin");
    const account = await createAccount(
      { id: null, role: "ADMIN" },
      {
        email: required(values.email, "email"),
        name: values.name ?? "",
        smtpHost: required(values["smtp-host"], "smtp-host"),
        smtpPort: required(values["smtp-port"], "smtp-port"),
        smtpSecurity: securityOf(values["smtp-security"], "smtp-security"),
        smtpUsername: required(values.username, "username"),
        imapHost: values["imap-host"] ?? "",
        imapPort: values["imap-port"] ?? "",
        imapSecurity: securityOf(values["imap-security"], "imap-security"),
        imapUsername: values["imap-username"] ?? "",
        isActive: values.active ?? false,
        isDefault: values.default ?? false,
        pollingEnabled: values.polling ?? false,
        ...startOf(values["start-from"]),
        smtpPassword: await readStdin(),
      },
    );
    return { id: account.id, email: account.email };
  },
};

export const accountList: Command = {
  usage: "account list",
  async run(args) {
    parse(args, {}, { min: 0, max: 0 });
    return db().prisma.emailAccount.findMany({
      orderBy: { createdAt: "asc" },
      select: {
        id: true,
        email: true,
        name: true,
        provider: true,
        smtpHost: true,
        smtpPort: true,
        imapHost: true,
        imapPort: true,
        isActive: true,
        isDefault: true,
        pollingEnabled: true,
        lastPolledAt: true,
        lastError: true,
        consecutiveFailures: true,
        nextPollAt: true,
      },
    });
  },
};

export const accountTest: Command = {
  usage: "account test ID [--smtp] [--imap] [--mail]",
  async run(args) {
    const flag = { type: "boolean" } as const;
    const { values, positionals } = parse(
      args,
      { smtp: flag, imap: flag, mail: flag },
      { min: 1, max: 1 },
    );
    const id = positionals[0] ?? "";
    const isBoth = !values.smtp && !values.imap && !values.mail;
    const run = async (test: ConnectionTest) => {
      const { log: _log, ...result } = await testAccount({ id: null, role: "ADMIN" }, id, test);
      return result;
    };
    const result = {
      ...(values.smtp || isBoth ? { smtp: await run("smtp") } : {}),
      ...(values.imap || isBoth ? { imap: await run("imap") } : {}),
      ...(values.mail ? { mail: await run("mail") } : {}),
    };
    const failed = Object.values(result).find((probe) => !probe.ok);
    if (failed) {
      process.stdout.write(`${JSON.stringify(result)}\n`);
      throw new AppError(
        "unavailable",
        `${failed.headline}: ${failed.failure?.cause ?? ""} ${failed.failure?.fix ?? ""}`.trim(),
      );
    }
    return result;
  },
};
