import { requireRightSecret } from "@/lib/accounts/secret-check";
import { closeDb } from "@/lib/db/client";
import { env } from "@/lib/env";
import { messageOf } from "@/lib/errors";
import { log } from "@/lib/log";
import { optimiseLater } from "@/lib/optimise-later";
import { startWorker } from "./worker";

/** How long a stop may take before the process ends anyway: leases take care of the rest. */
const STOP_MS = 10_000;

async function main(): Promise<void> {
  if (!env().DATABASE_URL)
    throw new Error(
      "DATABASE_URL is empty. `npm run start:worker` starts a worker with the embedded Postgres.",
    );
  await requireRightSecret();
  const worker = await startWorker();
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_MS).unref();
    worker
      .stop()
      .then(closeDb)
      .finally(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

optimiseLater();

// A library that forgot a promise must not leave half a worker: say it, end, be started again.
process.on("unhandledRejection", (reason) => {
  log.fatal(`Unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : reason}`);
  process.exit(1);
});

main().catch((error) => {
  log.fatal(messageOf(error));
  process.exit(1);
});
