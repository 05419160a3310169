import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { onConnect } from "./client";
import { migrationNames, PRISMA_FOLDER } from "./pending-migrations";

type SchemaEngine = {
  applyMigrations(params: unknown): Promise<{ appliedMigrationNames: string[] }>;
  diff(params: unknown): Promise<{ exitCode: number; stdout: string | null }>;
};

type Glue = { SchemaEngine: { new: (...args: unknown[]) => Promise<SchemaEngine> } };

let loaded: Promise<Glue> | undefined;

/**
 * Prisma's own schema engine, compiled to WebAssembly: nothing to download. Its module keeps one
 * instance, so it is loaded once in a process.
 */
async function loadEngine(): Promise<Glue> {
  const require = createRequire(path.join(process.cwd(), "package.json"));
  const folder = path.dirname(require.resolve("@prisma/schema-engine-wasm"));
  const glue = await import(path.join(folder, "schema_engine_bg.js"));
  const bytes = await readFile(path.join(folder, "schema_engine_bg.wasm"));
  const wasm = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(wasm.instance.exports);
  const start = wasm.instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
  return glue;
}

async function openEngine(url: string): Promise<SchemaEngine> {
  loaded ??= loadEngine();
  const glue = await loaded;
  const factory = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg({ connectionString: url, onConnect }),
  );
  return glue.SchemaEngine.new({ datamodels: await datamodels() }, () => undefined, factory);
}

async function datamodels(): Promise<[string, string][]> {
  return [["schema.prisma", await readFile(path.join(PRISMA_FOLDER, "schema.prisma"), "utf8")]];
}

/** The migrations in the folder, oldest first, as the engine wants them. */
async function migrationsList() {
  const baseDir = path.join(PRISMA_FOLDER, "migrations");
  const names = await migrationNames();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: {
          tag: "ok",
          value: await readFile(path.join(baseDir, name, "migration.sql"), "utf8"),
        },
      },
    })),
  );
  return {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}

/**
 * Brings the database up to date. Safe to run from several processes at once: an advisory lock lets
 * one work and the others find nothing left to do. Writes Prisma's own `_prisma_migrations`, so
 * `prisma migrate deploy` remains usable.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url });
  lock.on("error", () => undefined);
  await lock.connect();
  try {
    await lock.query("SELECT pg_advisory_lock(7205759403)");
    const engine = await openEngine(url);
    const result = await engine.applyMigrations({
      migrationsList: await migrationsList(),
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.appliedMigrationNames;
  } finally {
    await lock.end();
  }
}

/** SQL that makes an empty database agree with schema.prisma: for new migrations and their test. */
export async function schemaAsSql(url: string): Promise<string> {
  const engine = await openEngine(url);
  const result = await engine.diff({
    from: { tag: "empty" },
    to: {
      tag: "schemaDatamodel",
      files: (await datamodels()).map(([p, content]) => ({ path: p, content })),
    },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? "";
}
