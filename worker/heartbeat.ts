import os from "node:os";
import { db } from "@/lib/db/client";
import { env } from "@/lib/env";
import manifest from "@/package.json" with { type: "json" };

/** Says on the database's clock that this worker is alive, and how its environment is set. */
export async function beat(workerId: string): Promise<void> {
  const { EMAIL_POLLING_ENABLED, EMAIL_POLLING_INTERVAL } = env();
  await db().pool.query(
    `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "pollingEnabled", "pollingInterval", "heartbeatAt")
     VALUES ($1, $2, $3, $4, $5, $6, now())
     ON CONFLICT ("id") DO UPDATE SET "heartbeatAt" = now(), "pollingEnabled" = $5, "pollingInterval" = $6`,
    [
      workerId,
      os.hostname(),
      process.pid,
      `${manifest.version}, Node ${process.versions.node}`,
      EMAIL_POLLING_ENABLED,
      EMAIL_POLLING_INTERVAL,
    ],
  );
  // Workers that ended long ago are of no interest to anybody.
  await db().pool.query(`DELETE FROM "Worker" WHERE "heartbeatAt" < now() - interval '1 day'`);
}

/** Takes this worker off the list: it stopped in good order. */
export async function leave(workerId: string): Promise<void> {
  await db().pool.query(`DELETE FROM "Worker" WHERE "id" = $1`, [workerId]);
}
