import { boot } from "@/lib/boot";
import { closeDb } from "@/lib/db/client";
import { migrate } from "@/lib/db/migrate";
import { AppError, messageOf } from "@/lib/errors";
import { accountAdd, accountList, accountTest } from "./desk/account";
import { type Command, UsageError } from "./desk/command";
import { deliver, inboundList, inboundRetry, mailExplain, poll } from "./desk/mail";
import { reply, ticketsList, ticketsShow } from "./desk/tickets";
import { userAdd } from "./desk/user";

const migrateCommand: Command = {
  usage: "migrate",
  run: async () => ({
    applied: await migrate(process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL || ""),
  }),
};

const COMMANDS: Record<string, Command> = {
  migrate: migrateCommand,
  "user add": userAdd,
  "account add": accountAdd,
  "account list": accountList,
  "account test": accountTest,
  poll,
  deliver,
  "mail explain": mailExplain,
  "tickets list": ticketsList,
  "tickets show": ticketsShow,
  "inbound list": inboundList,
  "inbound retry": inboundRetry,
  reply,
};

function usage(): string {
  return [
    "usage: npm run -s desk -- <command>",
    ...Object.values(COMMANDS).map((command) => `  ${command.usage}`),
  ].join("\n");
}

function find(args: string[]): { command: Command; rest: string[] } | null {
  for (const words of [2, 1]) {
    const command = COMMANDS[args.slice(0, words).join(" ")];
    if (command && args.length >= words) return { command, rest: args.slice(words) };
  }
  return null;
}

/** JSON to stdout: one value, or one line for each as it comes where the command says so. */
async function print(value: unknown, isLines: boolean): Promise<void> {
  const line = (one: unknown) =>
    process.stdout.write(
      `${JSON.stringify(one, (_key, v) => (typeof v === "bigint" ? v.toString() : v))}\n`,
    );
  if (!isLines || !isAsyncIterable(value)) line(value);
  else for await (const one of value) line(one);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function main(): Promise<number> {
  const found = find(process.argv.slice(2));
  if (!found) {
    process.stderr.write(`${usage()}\n`);
    return 2;
  }
  let release = async () => {};
  try {
    if (!found.command.isOffline) ({ release } = await boot());
    await print(await found.command.run(found.rest), found.command.isLines ?? false);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nusage: npm run -s desk -- ${found.command.usage}\n`);
      return 2;
    }
    const isExpected =
      error instanceof AppError || (error instanceof Error && error.name === "MailError");
    process.stderr.write(
      `ERROR: ${isExpected ? messageOf(error) : error instanceof Error ? error.stack : messageOf(error)}\n`,
    );
    return 1;
  } finally {
    await closeDb();
    await release();
  }
}

process.exitCode = await main();
// Idle connections and threads must not keep a finished command waiting.
process.stdout.write("", () => process.exit());
