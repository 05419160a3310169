import { randomBytes } from "node:crypto";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { cloneDatabase } from "../testing/database";
import { migrate, schemaAsSql } from "./migrate";
import { pendingMigrations } from "./pending-migrations";

/** Only the migrations can say these; schema.prisma knows nothing of them. */
const SQL_ONLY_INDEXES = [
  "AccountAlert_open",
  "Attachment_words",
  "Contact_parts",
  "Contact_words",
  "EmailAccount_one_default",
  "InboundEmail_awaited",
  "InboundEmail_of_message",
  "InboundEmail_pending",
  "InboundEmail_server_due",
  "Message_acknowledgements",
  "Message_referenceKeys_idx",
  "Message_words",
  "OutboundEmail_due",
  "OutboundEmail_due_of_account",
  "OutboundEmail_sending",
  "PollRun_without_mail",
  "Ticket_account",
  "Ticket_assignee",
  "Ticket_automatic",
  "Ticket_by_id",
  "Ticket_created",
  "Ticket_due",
  "Ticket_mine",
  "Ticket_newest",
  "Ticket_open_newest",
  "Ticket_open_wait",
  "Ticket_priority",
  "Ticket_snoozed",
  "Ticket_solved",
  "Ticket_source",
  "Ticket_spam",
  "Ticket_subject_parts",
  "Ticket_tell",
  "Ticket_untimed",
  "Ticket_wait",
  "Ticket_words",
  "WebhookDelivery_queued",
];

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Columns, indexes and foreign keys as Postgres itself describes them. */
async function catalogue(url: string) {
  return withClient(url, async (client) => {
    const rows = async (sql: string) =>
      (await client.query(sql)).rows.map((row) => Object.values(row).join(" | "));
    return {
      columns:
        await rows(`SELECT table_name, column_name, udt_name, is_nullable, column_default, character_maximum_length, datetime_precision
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%' ORDER BY 1, 2`),
      indexes:
        await rows(`SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%'
        AND indexname NOT IN (${SQL_ONLY_INDEXES.map((name) => `'${name}'`).join(", ")}) ORDER BY 1`),
      foreignKeys: await rows(
        `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1`,
      ),
      enums: await rows(
        `SELECT typname, enumlabel FROM pg_enum JOIN pg_type t ON t.oid = enumtypid ORDER BY 1, enumsortorder`,
      ),
    };
  });
}

describe("migrations", () => {
  it("make the same database as schema.prisma", async () => {
    const server = inject("postgresUrl");
    const migrated = await cloneDatabase(server);
    const name = `s_${randomBytes(6).toString("hex")}`;
    await withClient(`${server}/postgres`, (client) => client.query(`CREATE DATABASE ${name}`));
    const fromSchema = `${server}/${name}`;
    const sql = await schemaAsSql(fromSchema);
    await withClient(fromSchema, (client) => client.query(`CREATE EXTENSION citext; ${sql}`));

    const expected = await catalogue(fromSchema);
    expect(expected.columns.length).toBeGreaterThan(150);
    expect(await catalogue(migrated.url)).toEqual(expected);

    await migrated.drop();
    await withClient(`${server}/postgres`, (client) =>
      client.query(`DROP DATABASE ${name} WITH (FORCE)`),
    );
  });

  it("hold the indexes that only SQL can say", async () => {
    const { url, drop } = await cloneDatabase(inject("postgresUrl"));
    const found = await withClient(url, (client) =>
      client.query("SELECT indexname FROM pg_indexes WHERE indexname = ANY($1) ORDER BY 1", [
        SQL_ONLY_INDEXES,
      ]),
    );
    expect(found.rows.map((row) => row.indexname)).toEqual(SQL_ONLY_INDEXES);
    await drop();
  });

  it("have nothing left to do when they are run again, whatever dates the server writes", async () => {
    const { url, drop } = await cloneDatabase(inject("postgresUrl"));
    const name = new URL(url).pathname.slice(1);
    await withClient(url, (client) =>
      client.query(`ALTER DATABASE "${name}" SET DateStyle = 'German'`),
    );
    expect(await migrate(url)).toEqual([]);
    const pool = new pg.Pool({ connectionString: url });
    pool.on("error", () => undefined);
    expect(await pendingMigrations(pool)).toEqual([]);
    await pool.end();
    await drop();
  });
});
