import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { openEmbedded } from "@/lib/db/embedded";
import { migrate } from "@/lib/db/migrate";
import { migrationNames, PRISMA_FOLDER } from "@/lib/db/pending-migrations";
import { type DeskSize, fillDesk } from "./fill";

/** Grows when the same seed makes other rows: what was kept before is filled again. */
const GENERATOR_VERSION = 1;
const FOLDER = path.join(".data", "bench-desk");

/** A Postgres of the bench's own, started as `npm run quickstart` starts it, whose databases are kept. */
export type KeptDesks = {
  /** The address of a database filled to this size: the kept one, or one filled now. */
  open(size: DeskSize): Promise<string>;
  /** A database of the same content to change as one likes, and how it is dropped. */
  copy(size: DeskSize): Promise<{ url: string; drop: () => Promise<void> }>;
  stop(): Promise<void>;
};

export async function startKeptDesks(): Promise<KeptDesks> {
  const embedded = await openEmbedded(path.resolve(FOLDER));
  const urlOf = (database: string) => embedded.url.replace(/\/mailroom$/, `/${database}`);
  const server = urlOf("postgres");
  const nameOf = ({ seed, tickets }: DeskSize) => `desk_v${GENERATOR_VERSION}_s${seed}_t${tickets}`;
  const open = async (size: DeskSize) => {
    const name = nameOf(size);
    if (!(await isUsable(server, urlOf(name), name))) {
      console.log(`Filling a desk with ${size.tickets} tickets, once:`);
      await makeDesk(server, name, urlOf, size);
    }
    const applied = await migrate(urlOf(name));
    if (applied.length > 0) await run(urlOf(name), "VACUUM ANALYZE");
    return urlOf(name);
  };
  return {
    open,
    async copy(size) {
      await open(size);
      const copy = "desk_copy";
      const drop = async () => {
        await run(server, `DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`);
      };
      await drop();
      // A database is copied only while nobody is connected to it.
      await run(
        server,
        `SELECT pg_terminate_backend("pid") FROM pg_stat_activity WHERE "datname" = '${nameOf(size)}'`,
      );
      await run(server, `CREATE DATABASE ${copy} TEMPLATE ${nameOf(size)} STRATEGY file_copy`);
      return { url: urlOf(copy), drop };
    },
    stop: () => embedded.release(),
  };
}

/** Filled under another name first: an interrupted filling is never taken for a whole one. */
async function makeDesk(
  server: string,
  name: string,
  urlOf: (database: string) => string,
  size: DeskSize,
): Promise<void> {
  const filling = `${name}_filling`;
  for (const database of [name, filling])
    await run(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await run(server, `CREATE DATABASE ${filling}`);
  await migrate(urlOf(filling));
  // Nothing is lost with a filling that a crash ends.
  const hasty = { fsync: "off", full_page_writes: "off", max_wal_size: "'8GB'" };
  for (const [key, value] of Object.entries(hasty))
    await run(server, `ALTER SYSTEM SET ${key} = ${value}`);
  await run(server, "SELECT pg_reload_conf()");
  try {
    await fillDesk(urlOf(filling), size);
  } finally {
    for (const key of Object.keys(hasty)) await run(server, `ALTER SYSTEM RESET ${key}`);
    await run(server, "SELECT pg_reload_conf()");
    await run(server, "CHECKPOINT");
  }
  await run(server, `ALTER DATABASE ${filling} RENAME TO ${name}`);
}

/** Whether it is there, and every migration it has had is still one of ours, unchanged. */
async function isUsable(server: string, url: string, name: string): Promise<boolean> {
  const found = await run(server, `SELECT FROM pg_database WHERE datname = '${name}'`);
  if (found.rowCount === 0) return false;
  const { rows } = await run<{ migration_name: string; checksum: string }>(
    url,
    "SELECT migration_name, checksum FROM _prisma_migrations",
  );
  const ours = new Set(
    await Promise.all(
      (await migrationNames()).map(async (name) => {
        const file = path.join(PRISMA_FOLDER, "migrations", name, "migration.sql");
        return `${name} ${createHash("sha256")
          .update(await readFile(file))
          .digest("hex")}`;
      }),
    ),
  );
  return rows.every(({ migration_name, checksum }) => ours.has(`${migration_name} ${checksum}`));
}

async function run<T extends pg.QueryResultRow>(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<T>(sql);
  } finally {
    await client.end();
  }
}
