import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { binariesFor, postgresUser } from "@/lib/db/postgres-binaries";
import { type Figure, isMet, MAILS_FULL, type Part, type PartOptions } from "./part";
import { printFigures } from "./table";

/**
 * `npm run bench`: what the machine and Mailroom come to, part by part, each in a process of its own
 * with servers of its own, against what must be reached (docs/performance.md). `--only NAME` runs one
 * part, by its name or one of its figures'; `--mails N` makes all runs smaller, for which the reaches
 * are not meant; `--seed N` makes other mails; `--tls` reads by TLS; `--json FILE` writes the figures
 * as `[{name, value, unit, …}]`. Exit code 1 when a part failed or a reach was missed.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    mails: { type: "string", default: String(MAILS_FULL) },
    seed: { type: "string", default: "1" },
    tls: { type: "boolean", default: false },
    json: { type: "string" },
    /** Internal: this process is the one of a part. */
    child: { type: "boolean", default: false },
  },
});

type Entry = { figures: string[]; load: () => Promise<{ part: Part }> };

/** In the order they run. A part is loaded only in its own process. */
const PARTS: Record<string, Entry> = {
  limits: {
    figures: [
      ...["limit-fetch-raw", "limit-fetch-imapflow", "limit-mime-reader"],
      ...["limit-parser", "limit-commit"],
    ],
    load: () => import("./limits"),
  },
  ingest: {
    figures: ["ingest-5000", "ingest-ratio", "ingest-cpu-per-1000"],
    load: () => import("./ingest"),
  },
  memory: {
    figures: ["ingest-rss-mb", "ingest-rss-50mb-extra-mb"],
    load: () => import("./memory"),
  },
  flatness: { figures: ["ingest-flatness"], load: () => import("./flatness") },
  "empty-poll": {
    figures: ["poll-empty-commands", "poll-empty-ms"],
    load: () => import("./empty-poll"),
  },
  "many-accounts": {
    figures: ["accounts-1000-late", "accounts-1000-cpu", "accounts-1000-rss-mb"],
    load: () => import("./many-accounts"),
  },
  "sick-servers": {
    figures: ["accounts-sick-late", "accounts-sick-failed", "accounts-sick-mail-s"],
    load: () => import("./sick-servers"),
  },
  latency: {
    figures: ["latency-p50-s", "latency-p95-s"],
    load: () => import("./latency"),
  },
  live: { figures: ["live-p95-s"], load: () => import("./live") },
  deliver: { figures: ["deliver"], load: () => import("./deliver") },
};

const options: PartOptions = {
  seed: Number(values.seed),
  mails: Number(values.mails),
  tls: values.tls,
};

if (values.child) {
  const entry = PARTS[values.only ?? ""];
  const { part } = (await entry?.load()) ?? {};
  const figures = (await part?.run(options)) ?? [];
  if (values.json) writeFileSync(values.json, JSON.stringify(figures));
  process.exit(0);
}

const names = Object.entries(PARTS)
  .filter(([name, { figures }]) => !values.only || [name, ...figures].includes(values.only))
  .map(([name]) => name);
if (names.length === 0) {
  console.error(`There is no part ${values.only}: ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
console.log(conditions());
const figures = names.flatMap(runPart);
printFigures(figures);
if (figures.some((figure) => isMet(figure) === false)) process.exitCode = 1;
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures.map(toJson), null, 2)}\n`);

function runPart(name: string): Figure[] {
  console.log(`\n${name}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), "mr-figures-"));
  const file = path.join(folder, "figures.json");
  const { mails, seed, tls } = values;
  const args = ["--only", name, "--mails", mails, "--seed", seed, "--child", "--json", file];
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, "bench/bench.ts", ...args, ...(tls ? ["--tls"] : [])],
    { stdio: "inherit" },
  );
  try {
    if (status === 0) return JSON.parse(readFileSync(file, "utf8"));
    process.exitCode = 1;
    console.error(`${name} failed`);
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function conditions(): string {
  const versionOf = (file: string, args: string[]) =>
    execFileSync(file, args, { encoding: "utf8" }).trim().split("\n")[0] ?? "";
  const postgres = path.join(binariesFor(postgresUser(), os.tmpdir()), "postgres");
  return [
    `seed ${values.seed}, ${values.mails} mails, IMAP ${values.tls ? "with TLS" : "without TLS"}`,
    `${os.cpus().length} cores (${os.cpus()[0]?.model}), load ${os.loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}`,
    `${versionOf(postgres, ["--version"])}, Dovecot ${versionOf("dovecot", ["--version"])}`,
  ].join("; ");
}

function toJson(figure: Figure) {
  const { name, value, unit, reach, note } = figure;
  const { seed, mails } = options;
  return { name, value, unit, reach, isMet: isMet(figure), note, seed, mails };
}
