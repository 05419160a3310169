/**
 * Loaded with --import into every process a launcher starts. The launcher holds the other end of an
 * IPC channel; a launcher that was killed can't stop anybody, but the channel closes with it, and
 * then each process stops by itself as if asked to. So no orphan keeps the port.
 */
const DRAIN_MS = 10_000;

// Node hands --import on to forks; those have channels of their own, to a parent that is not a launcher.
if (process.connected && process.env.MAILROOM_LAUNCHER === String(process.ppid)) {
  process.once("disconnect", () => {
    // An install or a build is started over anyway, and one that tidies up would be in its way.
    if (process.env.MAILROOM_ORPHAN === "kill") process.kill(-process.pid, "SIGKILL");
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
  // The listener alone must not keep a process alive that has finished its work.
  process.channel?.unref();
}
