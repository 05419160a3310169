import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FiledMail } from "../mail/file-away";
import { MailUnreadable } from "../mail/parse";
import { SPARING_MALLOC } from "../malloc";
import type { ParseOutcome } from "./parse-thread";

const DEADLINE_MS = 20_000;
const MEMORY_MB_MAX = 512;
const IDLE_MS = 30_000;

/** Mails sent at once: each message between processes costs as much as parsing a small mail. */
const TOGETHER_MAX = 25;
const TOGETHER_BYTES_MAX = 1024 * 1024;

export type ParsePool = {
  /**
   * Parses a mail apart from this process, under a deadline and a memory limit. Mails wait for each
   * other; small ones that wait together travel together.
   * @throws MailUnreadable when there is nothing to parse, ParserKilled when the mail was too much.
   */
  parse(raw: Uint8Array): Promise<FiledMail>;
  close(): Promise<void>;
};

/** A mail that took the parser down; the next mail gets a new one. */
export class ParserKilled extends Error {
  constructor(
    readonly reason: "deadline" | "memory" | "crash",
    message: string,
  ) {
    super(message);
    this.name = "ParserKilled";
  }
}

export type ParsePoolOptions = { deadlineMs?: number; memoryMbMax?: number };

/**
 * One parser, started with the first mail and ended when idle for 30 seconds. It is a process, not a
 * worker thread: V8 aborts the whole process when a thread outgrows its memory limit with one large
 * string, and a thread's limit does not count strings outside the heap at all. It gets none of our
 * environment, so the secrets in it are out of reach of whatever a mail does to the parser.
 */
export function createParsePool(options: ParsePoolOptions = {}): ParsePool {
  const { deadlineMs = DEADLINE_MS, memoryMbMax = MEMORY_MB_MAX } = options;
  let parser: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;

  function end(): void {
    parser?.kill("SIGKILL");
    parser = null;
  }

  /** What it says of mails sent together, one by one. @throws ParserKilled of all of them. */
  async function parseNow(raws: Uint8Array[]): Promise<ParseOutcome[]> {
    clearTimeout(idle);
    const current = parser?.connected === true ? parser : startParser(memoryMbMax);
    parser = current;
    try {
      return await ask(current, raws, { deadlineMs, memoryMbMax });
    } catch (error) {
      if (error instanceof ParserKilled) end();
      throw error;
    } finally {
      idle = setTimeout(end, IDLE_MS).unref();
    }
  }

  async function settle(mails: Waiting[]): Promise<void> {
    try {
      const outcomes = await parseNow(mails.map(({ raw }) => raw));
      for (const [index, mail] of mails.entries()) mail.settle(outcomes[index]);
    } catch (error) {
      const [only, ...others] = mails;
      if (others.length === 0) only?.fail(error);
      // One of them was too much: which one, each shows by itself.
      else for (const mail of mails) await settle([mail]);
    }
  }

  const queue: Waiting[] = [];
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (queue.length > 0) await settle(takeTogether(queue));
    working = null;
  }

  return {
    parse(raw) {
      return new Promise((resolve, reject) => {
        const settle = (outcome: ParseOutcome | undefined) => {
          try {
            resolve(mailOf(outcome));
          } catch (error) {
            reject(error);
          }
        };
        queue.push({ raw, settle, fail: reject });
        // What is asked for at the same moment is here by then.
        working ??= Promise.resolve().then(work);
      });
    },
    async close() {
      await working;
      clearTimeout(idle);
      end();
    },
  };
}

/** A mail that waits for the parser. */
type Waiting = {
  raw: Uint8Array;
  settle(outcome: ParseOutcome | undefined): void;
  fail(error: unknown): void;
};

/** The next mails to send, first come first: as many as fit, and one at least. */
function takeTogether(queue: Waiting[]): Waiting[] {
  let count = 0;
  let bytes = 0;
  for (const { raw } of queue.slice(0, TOGETHER_MAX)) {
    bytes += raw.length;
    if (count > 0 && bytes > TOGETHER_BYTES_MAX) break;
    count++;
  }
  return queue.splice(0, count);
}

function startParser(memoryMbMax: number): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  // Beside this file as TypeScript, or beside the bundled worker as JavaScript.
  const file = isSource ? "./parse-thread.ts" : "./parse-thread.mjs";
  const loader = () => pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const { PATH, HOME, TMPDIR, TZ } = process.env;
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    execArgv: [`--max-old-space-size=${memoryMbMax}`, ...(isSource ? ["--import", loader()] : [])],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...SPARING_MALLOC, NODE_ENV: "production", PATH, HOME, TMPDIR, TZ },
  });
  child.on("error", () => undefined);
  return child;
}

/** Sends mails and waits for their outcomes, the parser's end or the deadline. */
async function ask(
  parser: ChildProcess,
  raws: Uint8Array[],
  { deadlineMs, memoryMbMax }: Required<ParsePoolOptions>,
): Promise<ParseOutcome[]> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(parser, "exit", { signal }).then(([code, by]: unknown[]) => {
    throw endOf(code, by, memoryMbMax);
  });
  const late = delay(deadlineMs, null, { signal }).then(() => {
    throw new ParserKilled("deadline", `It could not be read within ${deadlineMs / 1_000} seconds`);
  });
  const answered = once(parser, "message", { signal }).then(([outcome]) => outcome);
  keepsUsAlive(parser, true);
  try {
    // A parser that is gone already answers by its exit.
    parser.send(raws, () => undefined);
    return await Promise.race([answered, ended, late]);
  } finally {
    for (const loser of [answered, ended, late]) loser.catch(() => undefined);
    waiting.abort();
    keepsUsAlive(parser, false);
  }
}

/** V8 aborts a process that is out of memory; the kernel kills one the machine has no room for. */
function endOf(code: unknown, signal: unknown, memoryMbMax: number): ParserKilled {
  if (signal === "SIGABRT" || signal === "SIGKILL" || code === 134) {
    return new ParserKilled("memory", `Reading it took more than ${memoryMbMax} MB of memory`);
  }
  return new ParserKilled("crash", "The parser ended while reading it");
}

/** An idle parser must not keep a worker from ending. */
function keepsUsAlive(parser: ChildProcess, keeps: boolean): void {
  if (keeps) {
    parser.ref();
    parser.channel?.ref();
  } else {
    parser.unref();
    parser.channel?.unref();
  }
}

function mailOf(outcome: ParseOutcome | undefined): FiledMail {
  if (outcome === undefined) throw new Error("The parser said nothing of a mail.");
  if ("mail" in outcome) return outcome.mail;
  if ("unreadable" in outcome) throw new MailUnreadable(outcome.unreadable);
  throw new Error(`The parser failed: ${outcome.failed}`);
}
