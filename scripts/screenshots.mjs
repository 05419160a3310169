import { spawnSync } from "node:child_process";
import { root } from "./machine.mjs";

/** `npm run screenshots`: the pictures of docs/screenshots, taken of a desk filled with practice mail. */
const { status } = spawnSync(
  process.execPath,
  ["node_modules/@playwright/test/cli.js", "test", ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit", env: { ...process.env, MAILROOM_SCREENSHOTS: "1" } },
);
process.exitCode = status ?? 1;
