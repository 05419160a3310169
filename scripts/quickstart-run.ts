import { DATA_DIR } from "@/lib/boot";
import { closeDb } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { isPracticeRemoved } from "@/lib/practice-removal";
import { type Launcher, launch, webPart, workerPart } from "./launch";
import { awaitFirstPoll } from "./practice/report";
import { connectPracticeAccount, ensurePracticeAdmin } from "./practice/seed";
import { type PracticeSettings, prepareSettings } from "./practice/settings";
import { findRunning } from "./running";
import type { Part } from "./supervise";

/** `npm run quickstart`, once everything is installed and built: practice mail, web and worker. */
const host = "127.0.0.1";
/** Ends by itself after the report, for `npm run verify`. */
const isOnce = process.env.QUICKSTART_ONCE === "1";
const NO_PRACTICE = { ok: true, sentence: "no practice mail, the sample tickets were removed" };

await launch({ command: "npm run quickstart", host, needsBuild: true }, async (launcher) => {
  const { booted, supervisor, stop } = launcher;
  const other = findRunning(DATA_DIR, "practice mail server");
  if (other)
    throw new AppError(
      "unavailable",
      `The quickstart runs here already (process ${other.pid}): stop it first.`,
    );
  // Whoever has removed the sample tickets goes on without practice mail.
  const settings = (await isPracticeRemoved()) ? null : await prepareSettings(DATA_DIR);
  if (settings) {
    supervisor.start(practicePart());
    await supervisor.whenReady("practice mail server");
  }
  const admin = await ensurePracticeAdmin(DATA_DIR);
  const startedAt = new Date();
  const accountId = settings && (await connectPracticeAccount(settings));
  const practice = settings ? practiceEnvironment(settings) : {};
  supervisor.start({ ...webPart(booted.env.PORT, host), env: practice });
  supervisor.start({ ...workerPart(), env: practice });
  await supervisor.whenReady("web");
  const poll = accountId ? await awaitFirstPoll(accountId, startedAt) : NO_PRACTICE;
  await closeDb();
  const url = booted.env.APP_URL;
  console.log(`
Mailroom is running.
  Open      ${url}
  Sign in   ${admin.email}  /  ${admin.password}
  First poll: ${poll.sentence}
  Next: "First steps" above the tickets leads from a sample ticket to your own account.${
    accountId ? `\n  Send another practice mail: ${url}/practice` : ""
  }
  Stop with Ctrl-C. Run it again any time: npm run quickstart
`);
  if (isOnce) await stop(poll.ok && (await isServed(launcher)) ? 0 : 1);
});

/** What web and worker get on top of their own: the way to the practice server, on loopback. */
function practiceEnvironment(settings: PracticeSettings): Record<string, string> {
  const allowed = process.env.EMAIL_ALLOWED_PRIVATE_HOSTS;
  return {
    MAILROOM_PRACTICE: "1",
    MAILROOM_PRACTICE_URL: `http://127.0.0.1:${settings.controlPort}`,
    MAILROOM_PRACTICE_TOKEN: settings.token,
    EMAIL_ALLOWED_PRIVATE_HOSTS: allowed ? `${allowed},127.0.0.1` : "127.0.0.1",
  };
}

function practicePart(): Part {
  return {
    name: "practice mail server",
    args: ["--import", "tsx", "scripts/practice/server.ts"],
    stopMs: 3_000,
  };
}

async function isServed({ booted }: Launcher): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${booted.env.PORT}/login`);
  if (!response.ok) console.error(`ERROR: The sign-in page answers ${response.status}`);
  return response.ok;
}
