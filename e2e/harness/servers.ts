import { fork } from "node:child_process";
import path from "node:path";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { startTestServer } from "@/lib/testing/postgres-setup";

/** What all desks of a run share: a Postgres with a migrated template, and real mail servers. */
export type Servers = { postgresUrl: string; bed: MailBed; stop(): Promise<void> };

export async function startServers(): Promise<Servers> {
  const guard = fork(path.join(import.meta.dirname, "guard.ts"), {
    execArgv: ["--import", "tsx"],
    detached: true,
    stdio: "ignore",
  });
  guard.unref();
  guard.channel?.unref();
  const postgres = await startTestServer();
  guard.send({ postgres: postgres.dir });
  const bed = await startMailBed();
  guard.send({ bed: bed.dir });
  return {
    postgresUrl: postgres.url,
    bed,
    async stop() {
      await bed.stop();
      await postgres.stop();
      guard.disconnect();
    },
  };
}
