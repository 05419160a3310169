import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { db } from "@/lib/db/client";
import type { Figure } from "./part";
import { cpuSeconds } from "./processes";
import { type BenchWorld, DESK } from "./world";

/**
 * Runs the fixed baseline over the same inbox, in a process and a database of its own in the same
 * cluster. @returns its rate first, then its CPU.
 * @throws Error when it did not store every mail.
 */
export async function measureBaseline(
  { bed, postgres }: BenchWorld,
  { mails, tls }: { mails: number; tls: boolean },
): Promise<[rate: Figure, cpu: Figure]> {
  await db().pool.query("CREATE DATABASE baseline");
  const imap = {
    ...{ host: "127.0.0.1", port: tls ? bed.imapsPort : bed.imapPort, secure: tls },
    ...{ doSTARTTLS: false, auth: { user: DESK, pass: "pw" } },
  };
  const before = cpuSeconds(postgres.pid);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "bench/baseline.ts"],
    {
      env: {
        ...process.env,
        ...{ NODE_ENV: "production", NODE_EXTRA_CA_CERTS: bed.caFile },
        BASELINE_IMAP: JSON.stringify(imap),
        BASELINE_DATABASE: postgres.url.replace(/\/mailroom$/, "/baseline"),
      },
    },
  );
  const after = cpuSeconds(postgres.pid);
  const run: { mails: number; seconds: number; cpuSeconds: number } = JSON.parse(stdout);
  if (run.mails !== mails) throw new Error(`The baseline stored ${run.mails} of ${mails} mails`);
  const postgresCpu = after.own + after.below - before.own - before.below;
  const per1000 = (cpu: number) => (1000 * cpu) / mails;
  return [
    {
      ...{ name: "baseline-5000", value: mails / run.seconds, unit: "mails/s" },
      note: `${mails} mails in ${run.seconds.toFixed(2)} s`,
    },
    {
      ...{ name: "baseline-cpu-per-1000", unit: "CPU s" },
      value: per1000(run.cpuSeconds + postgresCpu),
      note: `itself ${per1000(run.cpuSeconds).toFixed(2)}, Postgres ${per1000(postgresCpu).toFixed(2)}`,
    },
  ];
}
