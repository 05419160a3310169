import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deserialize } from "node:v8";
import type { FiledMail } from "../mail/file-away";
import { MailUnreadable } from "../mail/parse";
import { SPARING_MALLOC } from "../malloc";
import { CHANNEL_FD, readAnswers, sendMails } from "./parse-channel";
import type { ParseOutcome } from "./parse-thread";

const DEADLINE_MS = 20_000;
const MEMORY_MB_MAX = 512;
const IDLE_MS = 30_000;
/**
 * Room for what a mail makes while it is read, which is over by the next message: half of what V8 takes
 * by itself, at no cost that shows.
 */
const YOUNG_MB = 8;

/** Mails sent at once: each message between processes costs as much as parsing a small mail. */
const TOGETHER_MAX = 25;
const TOGETHER_BYTES_MAX = 1024 * 1024;
/** Messages the parser has at once: it reads one while the answer to the one before is taken in. */
const SENT_MAX = 2;

export type ParsePool = {
  /**
   * Starts the parser for mails that will come soon, which takes as long as reading many of them. Does
   * nothing where it runs, and says nothing where it can't: the first mail does.
   */
  start(): void;
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
  /** Mails that wait, and those that were with a parser when it died: each of these goes by itself. */
  const queue: Waiting[] = [];
  const suspects: Waiting[] = [];
  /** What the parser has, in the order it reads it. */
  const sent: Waiting[][] = [];
  let parser: Parser | null = null;
  let timer: NodeJS.Timeout | undefined;
  const onQuiet: (() => void)[] = [];
  const isBusy = () => queue.length + suspects.length + sent.length > 0;

  function end(): void {
    parser?.process.kill("SIGKILL");
    parser = null;
  }

  function startParserOnce(): Parser {
    if (parser?.channel.writable === true) return parser;
    const started = startParser(memoryMbMax);
    readAnswers(started.channel, (answer) => {
      if (started === parser) settle(deserialize(answer));
    });
    started.process.on("exit", (code, signal) => {
      if (started === parser) lose(endOf(code, signal, memoryMbMax));
    });
    parser = started;
    return started;
  }

  /** The next mails to the parser, so that it has some more when it is done with what it reads. */
  function send(): void {
    for (;;) {
      const mails = nextToSend({ queue, suspects, sent });
      if (mails.length === 0) return;
      try {
        const to = startParserOnce();
        keepsUsAlive(to, true);
        sent.push(mails);
        if (sent.length === 1) startDeadline();
        // A parser that is gone already answers by its exit.
        sendMails(to.channel, rawsOf(mails));
      } catch (error) {
        for (const mail of mails) mail.fail(error);
      }
    }
  }

  function startDeadline(): void {
    clearTimeout(timer);
    timer = setTimeout(() => lose(overdue(deadlineMs)), deadlineMs);
  }

  function settle(outcomes: unknown): void {
    const mails = sent.shift() ?? [];
    for (const [index, mail] of mails.entries())
      mail.settle(Array.isArray(outcomes) ? outcomes[index] : undefined);
    if (sent.length > 0) startDeadline();
    goOn();
  }

  /** The parser is gone, or is to go: one of the mails it had was too much. */
  function lose(killed: ParserKilled): void {
    end();
    const lost = sent.splice(0).flat();
    const [only, ...others] = lost;
    if (others.length === 0) only?.fail(killed);
    // Which one it was, each shows by itself.
    else suspects.push(...lost);
    goOn();
  }

  /** Nothing is to be read just now. */
  function rest(): void {
    clearTimeout(timer);
    timer = setTimeout(end, IDLE_MS).unref();
    if (parser) keepsUsAlive(parser, false);
  }

  function goOn(): void {
    send();
    if (sent.length > 0) return;
    rest();
    for (const tell of onQuiet.splice(0)) tell();
  }

  return {
    start() {
      if (isBusy()) return;
      try {
        startParserOnce();
        rest();
      } catch {
        // The first mail is told.
      }
    },
    parse(raw) {
      return new Promise((resolve, reject) => {
        queue.push(waitingMail(raw, resolve, reject));
        // What is asked for at the same moment is here by then.
        if (queue.length === 1) queueMicrotask(send);
      });
    },
    async close() {
      if (isBusy()) await new Promise<void>((resolve) => onQuiet.push(resolve));
      clearTimeout(timer);
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

function waitingMail(
  raw: Uint8Array,
  resolve: (mail: FiledMail) => void,
  fail: (error: unknown) => void,
): Waiting {
  const settle = (outcome: ParseOutcome | undefined) => {
    try {
      resolve(mailOf(outcome));
    } catch (error) {
      fail(error);
    }
  };
  return { raw, settle, fail };
}

/** What may be sent now, taken out of where it waits: nothing while the parser has enough. */
function nextToSend({
  queue,
  suspects,
  sent,
}: Record<"queue" | "suspects", Waiting[]> & { sent: readonly Waiting[][] }): Waiting[] {
  if (suspects.length > 0) return sent.length === 0 ? suspects.splice(0, 1) : [];
  const next = queue[0];
  if (!next || sent.length >= SENT_MAX) return [];
  const before = bytesOf(sent.flat());
  if (sent.length > 0 && before + next.raw.length > TOGETHER_BYTES_MAX * SENT_MAX) return [];
  return takeTogether(queue);
}

function rawsOf(mails: readonly Waiting[]): Uint8Array[] {
  return mails.map(({ raw }) => raw);
}

function bytesOf(mails: readonly Waiting[]): number {
  return mails.reduce((sum, { raw }) => sum + raw.length, 0);
}

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

/** A running parser, and the socket to it. */
type Parser = { process: ChildProcess; channel: Socket };

function startParser(memoryMbMax: number): Parser {
  const isSource = import.meta.url.endsWith(".ts");
  // Beside this file as TypeScript, or beside the bundled worker as JavaScript.
  const file = isSource ? "./parse-thread.ts" : "./parse-thread.mjs";
  const loader = () => pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const { PATH, HOME, TMPDIR, TZ } = process.env;
  const flags = [
    `--max-old-space-size=${memoryMbMax}`,
    `--max-semi-space-size=${YOUNG_MB}`,
    ...(isSource ? ["--import", loader()] : []),
  ];
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(file, import.meta.url))], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    env: { ...SPARING_MALLOC, NODE_ENV: "production", PATH, HOME, TMPDIR, TZ },
  });
  child.on("error", () => undefined);
  // There is none where this process may open no more files.
  const channel = child.stdio?.[CHANNEL_FD];
  if (!(channel instanceof Socket)) throw new Error("The parser could not be started.");
  // Its end is told by the process.
  channel.on("error", () => undefined);
  return { process: child, channel };
}

function overdue(deadlineMs: number): ParserKilled {
  return new ParserKilled("deadline", `It could not be read within ${deadlineMs / 1_000} seconds`);
}

/** V8 aborts a process that is out of memory; the kernel kills one the machine has no room for. */
function endOf(code: unknown, signal: unknown, memoryMbMax: number): ParserKilled {
  if (signal === "SIGABRT" || signal === "SIGKILL" || code === 134) {
    return new ParserKilled("memory", `Reading it took more than ${memoryMbMax} MB of memory`);
  }
  return new ParserKilled("crash", "The parser ended while reading it");
}

/** An idle parser must not keep a worker from ending. */
function keepsUsAlive({ process, channel }: Parser, keeps: boolean): void {
  for (const part of [process, channel]) {
    if (keeps) part.ref();
    else part.unref();
  }
}

function mailOf(outcome: ParseOutcome | undefined): FiledMail {
  if (outcome === undefined) throw new Error("The parser said nothing of a mail.");
  if ("mail" in outcome) return outcome.mail;
  if ("unreadable" in outcome) throw new MailUnreadable(outcome.unreadable);
  throw new Error(`The parser failed: ${outcome.failed}`);
}
