import { type MailServer, toMailError } from "./mail-error";
import { describeServer, type ServerSettings } from "./server-settings";

export type StageName =
  | "DNS"
  | "TCP"
  | "TLS"
  | "Certificate"
  | "Greeting"
  | "Sign-in"
  | "INBOX"
  | "SIZE"
  | "Test mail"
  | "Round trip";

/** One step of a test, with what it found in a few words. */
export type Stage = {
  name: StageName;
  state: "ok" | "warning" | "failed" | "skipped";
  fact: string;
  ms: number;
};

/** What a stage found; "ok" unless it says otherwise. */
export type Finding = { fact: string; state?: "ok" | "warning" | "skipped" };

/** A failure that knows a better short fact for its stage than its cause. */
export class StageFailure extends Error {
  readonly reason: unknown;

  constructor(fact: string, reason: unknown) {
    super(fact);
    this.reason = reason;
  }
}

/** Keeps the stages in the order they are tried. */
export class Stages {
  private readonly done: Stage[] = [];
  private readonly order: StageName[];
  private readonly server: MailServer;
  private readonly onStage: ((stage: Stage) => void) | undefined;

  constructor(
    protocol: MailServer["protocol"],
    settings: ServerSettings,
    { sendsMail, onStage }: { sendsMail: boolean; onStage: ((stage: Stage) => void) | undefined },
  ) {
    const secured: StageName[] = ["TLS", "Certificate"];
    const middle: StageName[] =
      settings.security === "tls" ? [...secured, "Greeting"] : ["Greeting", ...secured];
    const mail: StageName[] = sendsMail ? ["Test mail", "Round trip"] : [];
    const last: StageName[] = protocol === "imap" ? ["INBOX"] : ["SIZE", ...mail];
    this.order = ["DNS", "TCP", ...middle, "Sign-in", ...last];
    this.server = describeServer(protocol, settings);
    this.onStage = onStage;
  }

  async run<T extends Finding>(name: StageName, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    try {
      const found = await work();
      this.add({ name, state: found.state ?? "ok", fact: found.fact, ms: ms() });
      return found;
    } catch (thrown) {
      const reason = thrown instanceof StageFailure ? thrown.reason : thrown;
      const error = toMailError(reason, this.server);
      const fact = thrown instanceof StageFailure ? thrown.message : error.message;
      this.add({ name, state: "failed", fact, ms: ms() });
      throw error;
    }
  }

  /** The stage that failed; null while none has. */
  get failed(): StageName | null {
    return this.done.find(({ state }) => state === "failed")?.name ?? null;
  }

  all(): Stage[] {
    const tried = new Set(this.done.map(({ name }) => name));
    const rest = this.order.filter((name) => !tried.has(name));
    const skipped = rest.map(
      (name): Stage => ({ name, state: "skipped", fact: "Not tried", ms: 0 }),
    );
    return [...this.done, ...skipped];
  }

  private add(stage: Stage): void {
    this.done.push(stage);
    this.onStage?.(stage);
  }
}
