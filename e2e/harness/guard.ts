import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { endLeftovers } from "@/lib/testing/process-group";

/**
 * Postgres and the mail bed are daemons: they outlive whoever started them. This process is told
 * their folders and ends them when the test runner is gone, however it went. After an orderly stop
 * the folders are gone too, and nothing is left to do.
 */
const folders: { postgres?: string; bed?: string } = {};

process.on("message", (message) => Object.assign(folders, message));
process.on("disconnect", async () => {
  if (folders.postgres) endPostgres(folders.postgres);
  if (folders.bed) await endLeftovers(path.join(folders.bed, "pids"), folders.bed);
  for (const dir of Object.values(folders)) rmSync(dir, { recursive: true, force: true });
  process.exit(0);
});
// Ctrl-C reaches the whole group; the runner stops in order first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

/** SIGQUIT is Postgres's immediate shutdown. Its first line of postmaster.pid is the server's id. */
function endPostgres(dir: string): void {
  const file = path.join(dir, "data", "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(dir)) process.kill(pid, "SIGQUIT");
  } catch {
    // It ended between the look and the signal.
  }
}
