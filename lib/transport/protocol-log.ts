/** One line of a conversation with a mail server, or a remark of ours; holds no secret. */
export type LogLine = { ms: number; from: "us" | "server" | "note"; text: string };

/** What ImapFlow and nodemailer call; each takes what it knows and leaves the rest. */
type LogSink = Record<
  "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "level",
  LogFunction
>;
type LogFunction = (...entry: unknown[]) => void;

const LINES_MAX = 200;
const CHARS_MAX = 400;
const HIDDEN = "…";

/**
 * What was said during a test, for people to read and to send to others. Every line is masked before
 * it is kept, in two ways that do not trust each other: whatever follows AUTH, LOGIN or AUTHENTICATE,
 * and all that the client says until the server has answered it; and the secrets themselves wherever
 * they stand, plain or in base64, for a server that repeats them. 200 lines of 400 characters at most.
 */
export class ProtocolLog {
  private readonly lines: LogLine[] = [];
  private readonly startedAt = performance.now();
  private readonly secrets: string[];
  private pattern: RegExp | null;
  private isSigningIn = false;
  private left = 0;

  constructor(
    secrets: readonly string[],
    private readonly username = "",
  ) {
    this.secrets = [...secrets];
    this.pattern = patternOf(secrets, username);
  }

  /** One more secret that is not to be kept: a token that was got on the way. */
  hide(secret: string): void {
    this.secrets.push(secret);
    this.pattern = patternOf(this.secrets, this.username);
  }

  /** Adds what was said, line by line. */
  add(from: LogLine["from"], said: string): void {
    for (const line of said.slice(0, LINES_MAX * CHARS_MAX).split(/\r?\n/)) {
      if (line.trim() !== "") this.addLine(from, line);
    }
  }

  /** All lines, oldest first; the last says how many were left out. */
  all(): LogLine[] {
    if (this.left === 0) return [...this.lines];
    const ms = this.lines.at(-1)?.ms ?? 0;
    return [...this.lines, { ms, from: "note", text: `${this.left} more lines were left out` }];
  }

  /** For ImapFlow, whose entries say who spoke in `src`. */
  forImap(): LogSink {
    return sink((entry) => {
      const text = textIn(entry, "msg");
      const source = fieldIn(entry, "src");
      if (text && source === "c") this.add("us", text);
      if (text && source === "s") this.add("server", text);
    });
  }

  /** For nodemailer, whose entries say who spoke in `tnx`; the words come apart. */
  forSmtp(): LogSink {
    return sink((entry, words) => {
      const source = fieldIn(entry, "tnx");
      if (typeof words !== "string") return;
      if (source === "client") this.add("us", words);
      if (source === "server") this.add("server", words);
    });
  }

  private addLine(from: LogLine["from"], line: string): void {
    const text = this.masked(from, line);
    if (this.lines.length >= LINES_MAX) {
      this.left += 1;
      return;
    }
    const ms = Math.round(performance.now() - this.startedAt);
    this.lines.push({ ms, from, text: printable(text) });
  }

  private masked(from: LogLine["from"], line: string): string {
    const plain = this.withoutSecrets(line);
    if (from === "server") {
      // "+" and 334 ask for more of the sign-in (RFC 3501 §7.5, RFC 4954 §4); all else ends it.
      if (!/^(\+|334)/.test(line) && !line.startsWith("* ")) this.isSigningIn = false;
      return plain.replace(/^(334|\+) \S.*/, `$1 ${HIDDEN}`);
    }
    if (from === "note") return plain;
    const command = /^((?:\S+ )?(?:AUTH|AUTHENTICATE)(?: [\w-]+)?|(?:\S+ )?LOGIN)\b/i.exec(
      line,
    )?.[1];
    if (command !== undefined) {
      this.isSigningIn = true;
      return command.length < line.trimEnd().length ? `${command} ${HIDDEN}` : command;
    }
    return this.isSigningIn ? HIDDEN : plain;
  }

  private withoutSecrets(line: string): string {
    const known = this.pattern ? line.replace(this.pattern, HIDDEN) : line;
    return known
      .replace(/\b(bearer|pass(?:word)?[=:])\s*\S+/gi, `$1 ${HIDDEN}`)
      .replace(/[A-Za-z0-9+/_=-]{60,}/g, HIDDEN);
  }
}

/** The secrets in the forms in which they travel; null when there are none. */
function patternOf(secrets: readonly string[], username: string): RegExp | null {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      base64(secret),
      base64(`\0${username}\0${secret}`),
    ]);
  if (forms.length === 0) return null;
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(wholly).join("|"), "g");
}

/** A secret of two letters stands in half of all words by chance: alone it is looked for alone. */
function wholly(form: string): string {
  const pattern = `${form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}=*`;
  return form.length >= 4 ? pattern : `(?<![\\w])${pattern}(?![\\w])`;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64").replace(/=+$/, "");
}

function printable(text: string): string {
  const shown = text.replace(/\p{C}/gu, "?").trimEnd();
  return shown.length <= CHARS_MAX ? shown : `${shown.slice(0, CHARS_MAX - 1)}…`;
}

function sink(take: LogFunction): LogSink {
  const ignore = () => undefined;
  return {
    ...{ trace: ignore, level: ignore, fatal: ignore },
    ...{ debug: take, info: take, warn: take, error: take },
  };
}

function fieldIn(entry: unknown, name: string): unknown {
  return typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined;
}

function textIn(entry: unknown, name: string): string | null {
  const value = fieldIn(entry, name);
  return typeof value === "string" ? value : null;
}
