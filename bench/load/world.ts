import { execFileSync } from "node:child_process";
import { encode } from "next-auth/jwt";
import { createAccount } from "@/lib/accounts/create";
import { closeDb, db, openDatabase, useDatabase } from "@/lib/db/client";
import { env, reloadEnv } from "@/lib/env";
import { deriveKey } from "@/lib/secrets";
import { startSession } from "@/lib/sessions";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { type KeptDesks, startKeptDesks } from "../desk/kept-desk";
import { asVisitor, hasBuild, startWeb, type Visitor, type Web } from "../desk/web";
import { type BenchWorker, startBenchWorker } from "../worker-process";

const ADDRESS = "support@example.test";
const SECRET = "a secret only for the bench and long enough for the rule";

/** A copy of the kept desk, a mail bed, the production web process and one worker. */
export class LoadWorld {
  readonly address = ADDRESS;
  private agents: string[] = [];

  private constructor(
    private readonly desks: KeptDesks,
    readonly bed: MailBed,
    private readonly web: Web,
    private readonly worker: BenchWorker,
    private readonly forget: () => Promise<void>,
  ) {}

  /** @throws Error when there is no build, or a server cannot start. */
  static async start(tickets: number): Promise<LoadWorld> {
    if (!hasBuild()) throw new Error("There is no build yet: run npm run build");
    execFileSync(process.execPath, ["scripts/build-worker.mjs"]);
    const desks = await startKeptDesks();
    const copy = await desks.copy({ seed: 1, tickets });
    const bed = await startMailBed({ anyUser: true });
    Object.assign(process.env, {
      ...{ DATABASE_URL: copy.url, APP_SECRET: SECRET, LOG_LEVEL: "warn" },
      ...{ EMAIL_ALLOWED_PRIVATE_HOSTS: "127.0.0.0/8", NODE_EXTRA_CA_CERTS: bed.caFile },
    });
    reloadEnv();
    useDatabase(openDatabase(copy.url, 4));
    await connect(bed);
    const web = await startWeb();
    const worker = await startBenchWorker(bed.caFile, { env: { LOG_LEVEL: "info" } });
    const world = new LoadWorld(desks, bed, web, worker, copy.drop);
    const agents = await db().prisma.user.findMany({ select: { id: true }, take: 30 });
    world.agents = agents.map(({ id }) => id);
    return world;
  }

  get webPid(): number {
    return this.web.pid();
  }

  get workerPid(): number {
    return this.worker.pid;
  }

  /** One of the desk's agents, in a session of their own. */
  async signIn(n: number): Promise<Visitor> {
    const sid = await startSession(this.agents[n % this.agents.length] ?? "", "load");
    const secret = deriveKey(env().APP_SECRET, "next-auth").toString("hex");
    const token = await encode({ token: { sid }, secret });
    return asVisitor(this.web.url, `next-auth.session-token=${token}`);
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.web.stop();
    await closeDb();
    await this.bed.stop();
    await this.forget();
    await this.desks.stop();
  }
}

/** The desk's own accounts have no servers: one of the bed takes their place. */
async function connect(bed: MailBed): Promise<void> {
  await db().prisma.emailAccount.updateMany({ data: { isActive: false, isDefault: false } });
  await bed.mailsOf(ADDRESS);
  const server = { smtpHost: "127.0.0.1", imapHost: "127.0.0.1", imapPassword: "pw" };
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
      ...{ email: ADDRESS, smtpUsername: "", imapUsername: ADDRESS, ...server },
      ...{ smtpPort: bed.smtpPort, smtpSecurity: "none" },
      ...{ imapPort: bed.imapPort, imapSecurity: "none" },
      ...{ isDefault: true, pollingEnabled: true, startMode: "all" },
    },
  );
}
