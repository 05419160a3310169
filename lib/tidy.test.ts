import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = process.cwd();
const FOLDERS = ["app", "lib", "worker", "scripts"];
const LINES_MAX = 400;

type Source = { file: string; text: string; imports: string[] };

function sourcesBelow(folder: string): Source[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (file === "lib/db/generated") return [];
    if (entry.isDirectory()) return sourcesBelow(file);
    if (!/\.(ts|tsx|mjs)$/.test(file)) return [];
    const text = readFileSync(path.join(ROOT, file), "utf8");
    return [{ file, text, imports: importsOf(file, text) }];
  });
}

/** What a file imports: ours as paths from the root, others by their package's name. */
function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s+["']([^"']+)["']/g,
  );
  return [...found].map(([, from, dynamic, bare]) => {
    const target = from ?? dynamic ?? bare ?? "";
    if (target.startsWith("@/")) return target.slice(2);
    if (target.startsWith(".")) return path.posix.join(path.posix.dirname(file), target);
    return target;
  });
}

const sources = FOLDERS.flatMap(sourcesBelow);
const product = sources.filter(
  ({ file }) => !/\.test\.tsx?$/.test(file) && !file.startsWith("lib/testing/"),
);

/** Files whose imports match, as "file -> import". */
function offenders(
  files: Source[],
  isForbidden: (target: string, file: string) => boolean,
): string[] {
  return files.flatMap(({ file, imports }) =>
    imports.filter((target) => isForbidden(target, file)).map((target) => `${file} -> ${target}`),
  );
}

const below = (folder: string) => product.filter(({ file }) => file.startsWith(folder));

describe("imports point one way", () => {
  it("finds the imports it is about to judge", () => {
    expect(product.length).toBeGreaterThan(60);
    expect(sources.find(({ file }) => file === "lib/inbound/process.ts")?.imports).toContain(
      "lib/db/client",
    );
  });

  it("lib never imports the framework, the app or the worker", () => {
    const framework = /^(next|react|react-dom|next-auth|server-only)(\/|$)/;
    expect(
      offenders(
        below("lib/"),
        (target) => framework.test(target) || /^(app|worker|scripts)\//.test(target),
      ),
    ).toEqual([]);
  });

  it("the worker imports only lib, and the app never the worker", () => {
    expect(offenders(below("worker/"), (target) => /^(app|scripts)\//.test(target))).toEqual([]);
    expect(offenders(below("app/"), (target) => /^(worker|scripts)\//.test(target))).toEqual([]);
  });

  it("the app never reaches the parsing threads", () => {
    const reached = reachableFrom(below("app/").map(({ file }) => file));
    expect([...reached].filter((file) => /parse-(pool|thread)/.test(file))).toEqual([]);
  });

  it("lib/mail imports nothing of ours", () => {
    expect(
      offenders(
        below("lib/mail/"),
        (target) => /^(app|worker|scripts|lib)\//.test(target) && !target.startsWith("lib/mail/"),
      ),
    ).toEqual([]);
  });

  it("only fetching, delivering, accounts, their sign-ins and finding their servers touch the network", () => {
    const mayTouch =
      /^lib\/(transport\/|accounts\/|discovery\/|oauth\/|inbound\/(after-import|fetch|idle|poll|read-mails|reconcile|refetch)\.ts|outbound\/(deliver|sent-copies)\.ts|alerts\/send-webhooks\.ts|env\.ts)/;
    const touching = offenders(
      below("lib/"),
      (target, file) => target.startsWith("lib/transport/") && !mayTouch.test(file),
    );
    expect(touching).toEqual([]);
  });

  it("has no cycles", () => {
    expect(cycles()).toEqual([]);
  });
});

describe("files", () => {
  it(`are shorter than ${LINES_MAX} lines`, () => {
    const long = sources
      .filter(({ text }) => text.split("\n").length > LINES_MAX)
      .map(({ file }) => file);
    expect(long).toEqual([]);
  });

  it("are not named for nothing in particular", () => {
    const vague = sources.filter(({ file }) =>
      /\/(index|utils|helpers|types|constants)\.tsx?$/.test(file),
    );
    expect(vague.map(({ file }) => file)).toEqual([]);
  });
});

function fileOf(target: string): string | undefined {
  return product.find(
    ({ file }) => file.replace(/\.(tsx?|mjs)$/, "") === target.replace(/\.(tsx?|mjs)$/, ""),
  )?.file;
}

function reachableFrom(files: string[]): Set<string> {
  const seen = new Set<string>();
  const todo = [...files];
  for (let file = todo.pop(); file; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const next = product.find((source) => source.file === file)?.imports ?? [];
    todo.push(...next.map(fileOf).filter((found) => found !== undefined));
  }
  return seen;
}

/** Each cycle of value or type imports, as the path that closes it. */
function cycles(): string[] {
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (file: string, trail: string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      return;
    }
    state.set(file, "open");
    for (const target of product.find((source) => source.file === file)?.imports ?? []) {
      const next = fileOf(target);
      if (next) visit(next, [...trail, file]);
    }
    state.set(file, "done");
  };
  for (const { file } of product) visit(file, []);
  return found;
}
