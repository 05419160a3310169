import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connectPracticeAccount } from "@/scripts/practice/seed";
import { prepareSettings } from "@/scripts/practice/settings";
import { startNode } from "./process";

export type Practice = {
  /** What web and worker need to know of it. */
  env: Record<string, string>;
  /** Connects its support address to the desk that db() means. */
  connect(): Promise<string>;
  stop(): Promise<void>;
};

/** The quickstart's practice mail server with its sample mails, in a folder of its own. */
export async function startPractice(name: string): Promise<Practice> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "mailroom-e2e-"));
  const settings = await prepareSettings(dir);
  const args = ["--import", "tsx", "scripts/practice/server.ts"];
  const server = startNode(`${name}-practice`, args, { MAILROOM_DATA_DIR: dir });
  await server.untilReady();
  return {
    env: {
      MAILROOM_PRACTICE: "1",
      MAILROOM_PRACTICE_URL: `http://127.0.0.1:${settings.controlPort}`,
      MAILROOM_PRACTICE_TOKEN: settings.token,
    },
    connect: () => connectPracticeAccount(settings),
    async stop() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
