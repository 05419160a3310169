import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** One command of the CLI: what it returns is printed as JSON. */
export type Command = {
  usage: string;
  /** Needs no database. */
  isOffline?: boolean;
  /** Returns an async iterable, printed as one JSON value per line. */
  isLines?: boolean;
  run(args: string[]): Promise<unknown>;
};

/** The command was called wrongly: exit 2 with its usage. */
export class UsageError extends Error {}

/** Parses options and positional words. @throws UsageError for anything unknown. */
export function parse<T extends Options>(
  args: string[],
  options: T,
  words: { min: number; max: number },
) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (parsed.positionals.length < words.min || parsed.positionals.length > words.max)
      throw new Error(
        words.max === 0
          ? `unexpected: ${parsed.positionals[0]}`
          : "an argument is missing or too many are given",
      );
    return parsed;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError when the option is not given. */
export function required(value: string | boolean | undefined, name: string): string {
  if (typeof value !== "string" || value === "") throw new UsageError(`--${name} is needed`);
  return value;
}

/** A ticket's number, "42" or "#42". @throws UsageError. */
export function ticketNumber(word: string | undefined): number {
  const number = Number((word ?? "").replace(/^#/, ""));
  if (!Number.isInteger(number) || number < 1 || number > 2_147_483_647)
    throw new UsageError(`not a ticket number: ${word}`);
  return number;
}

/** All of stdin, without the last line end; 1 MB at most. @throws UsageError when it is longer. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 1_000_000) throw new UsageError("stdin is longer than 1 MB");
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
