import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { needsBuild } from "../scripts/machine.mjs";
import { LOG_DIR } from "./harness/process";

/** The journeys run against the production build; one older than the sources is made again. */
export default function globalSetup(): void {
  rmSync(LOG_DIR, { recursive: true, force: true });
  if (!needsBuild()) return;
  console.log("Building Mailroom: the last build is older than the sources.");
  execFileSync("npm", ["run", "-s", "build"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
}
