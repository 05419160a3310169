import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { npmScript, requireNode, root, runNode } from "./machine.mjs";

/**
 * `npm run verify`: everything a fresh clone needs to be trusted. Stops at the first step that
 * fails and names it.
 */
requireNode();
process.chdir(root);

/** Chromium without the windows of a browser, which take a third of the tests' time. */
const SHELL = "chromium-headless-shell";

/** Debian packages of the tests, and a file by which each is known where there is no dpkg. */
const PACKAGES = {
  postfix: "/usr/sbin/postfix",
  "dovecot-imapd": "/usr/lib/dovecot/imap",
  "dovecot-lmtpd": "/usr/lib/dovecot/lmtp",
  pgbouncer: "/usr/sbin/pgbouncer",
  openssl: "/usr/bin/openssl",
  [SHELL]: "/usr/bin/chromium-headless-shell",
  "fonts-liberation": "/usr/share/fonts/truetype/liberation",
  "fonts-noto-cjk": "/usr/share/fonts/opentype/noto",
};

/** Debian asks this file whether a package may start its service. */
const POLICY = "/usr/sbin/policy-rc.d";
const POLICY_TEXT =
  "#!/bin/sh\n# Written by Mailroom's verify while it installs packages.\nexit 101\n";

const startedAt = Date.now();
const took = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

try {
  installPackages();
  const npm = npmScript();
  await step("install", [npm, "ci"]);
  for (const name of ["check", "build", "test:live", "e2e"]) await step(name, [npm, "run", name]);
  await tryQuickstart(npm);
  console.log(`\nVerified in ${took(startedAt)}.`);
} catch (error) {
  console.error(`\nERROR: ${error.message}`);
  process.exitCode = 1;
}

/** A step of node's; ends verify when it fails. */
async function step(name, args, env) {
  console.log(`\n=== ${name}`);
  const stepStartedAt = Date.now();
  const { ok, how } = await runNode(args, "inherit", env);
  if (!ok) throw new Error(`verify failed at "${name}" (${how}) after ${took(startedAt)}`);
  console.log(`=== ${name}: passed in ${took(stepStartedAt)}`);
}

/** A step of the system's. */
function systemStep(name, command, args) {
  console.log(`\n=== ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, signal, error } = spawnSync(command, args, { stdio: "inherit", env });
  const how = error?.message ?? signal ?? `exit code ${status}`;
  if (status !== 0) throw new Error(`verify failed at "${name}" (${how})`);
}

/** A first start and one that finds everything there, in a data folder of their own. */
async function tryQuickstart(npm) {
  const dir = mkdtempSync(path.join(os.tmpdir(), "mailroom-verify-"));
  // The embedded database may run as another user.
  chmodSync(dir, 0o755);
  try {
    const env = {
      QUICKSTART_ONCE: "1",
      MAILROOM_DATA_DIR: path.join(dir, "data"),
      PORT: String(await freePort()),
      APP_URL: "",
      DATABASE_URL: "",
    };
    await step("quickstart", [npm, "run", "quickstart"], env);
    await step("quickstart again", [npm, "run", "quickstart"], env);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Installs what is missing as root where there is apt; otherwise names it in one line and ends. */
function installPackages() {
  const canInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const missing = Object.keys(PACKAGES).filter((name) => !isInstalled(name));
  // A whole Chromium does as well; it only takes longer.
  if (!canInstall && existsSync("/usr/bin/chromium"))
    removeFrom(missing, "chromium-headless-shell");
  if (missing.length === 0) return;
  const list = missing.join(" ");
  // A whole Chromium does as well; it only takes longer.
  const isSlowerOnly = list === SHELL && existsSync("/usr/bin/chromium");
  if (!canInstall && isSlowerOnly) return;
  if (!canInstall) throw new Error(`The tests need Debian packages: apt-get install ${list}`);
  console.log(`Installing the Debian packages the tests need: ${list}`);
  const apt = ["-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", "-qq"];
  try {
    withoutServices(() => {
      if (missing.includes("postfix")) preseedPostfix();
      systemStep("apt-get update", "apt-get", ["update", "-qq"]);
      systemStep("apt-get install", "apt-get", ["install", ...apt, ...missing]);
    });
  } catch (error) {
    if (!isSlowerOnly) throw error;
    console.log(`${error.message}: the tests use /usr/bin/chromium, which takes longer.`);
  }
  // Debian enables them for the next start of the machine as well.
  const services = [
    ...(missing.includes("postfix") ? ["postfix"] : []),
    ...(missing.includes("dovecot-imapd") ? ["dovecot"] : []),
    ...(missing.includes("pgbouncer") ? ["pgbouncer"] : []),
  ];
  if (services.length > 0 && existsSync("/run/systemd/system"))
    spawnSync("/usr/bin/systemctl", ["disable", "--now", ...services], { stdio: "inherit" });
}

function isInstalled(name) {
  if (existsSync(PACKAGES[name])) return true;
  const { stdout } = spawnSync("/usr/bin/dpkg", ["-s", name], { encoding: "utf8" });
  return /^Status: install ok installed$/m.test(stdout ?? "");
}

/** The tests start servers of their own: the packages must neither ask nor start any. */
function preseedPostfix() {
  spawnSync("/usr/bin/debconf-set-selections", {
    input: "postfix postfix/main_mailer_type select No configuration\n",
  });
}

/** No package starts its service meanwhile. A policy of the admin's stays. */
function withoutServices(work) {
  const isForeign = existsSync(POLICY) && readFileSync(POLICY, "utf8") !== POLICY_TEXT;
  if (isForeign) return work();
  writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
