/** Runs once when a web process starts: on a first run it prints where to create the admin. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const [{ ensureSetupToken }, { log }, { messageOf }] = await Promise.all([
    import("./lib/setup-token"),
    import("./lib/log"),
    import("./lib/errors"),
  ]);
  await ensureSetupToken().catch((error) => {
    // The database may come later than the web process; the pages will say so themselves.
    log.error(`The set-up token could not be made: ${messageOf(error)}`);
  });
}
