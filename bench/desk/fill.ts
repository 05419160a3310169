import pg from "pg";
import { writePeople } from "./people";
import { deskTables, FILLED_TABLES, peopleTables } from "./tables";
import { writeTickets } from "./tickets";

export type DeskSize = { seed: number; tickets: number };

/** Contacts, tickets and messages are as 1 : 10 : 50. */
const TICKETS_PER_CONTACT = 10;

/**
 * Fills a migrated database that holds nothing: rows by COPY with no index in the way, then the
 * indexes, as the catalogue described them, and the planner's statistics. Times count back from now.
 */
export async function fillDesk(url: string, size: DeskSize): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query("SET maintenance_work_mem = '1GB'");
    await client.query("BEGIN");
    await client.query(`TRUNCATE ${FILLED_TABLES} CASCADE`);
    const indexes = await dropIndexes(client);
    await timed("rows", () => writeAll(client, size));
    await client.query("COMMIT");
    for (const sql of indexes) await timed(sql.split(" USING ")[0] ?? sql, () => client.query(sql));
    await timed("statistics", () => client.query("ANALYZE"));
  } finally {
    await client.end();
  }
}

async function writeAll(client: pg.Client, { seed, tickets }: DeskSize): Promise<void> {
  const end = Date.now();
  const people = peopleTables();
  const contacts = Math.max(100, Math.round(tickets / TICKETS_PER_CONTACT));
  const desk = await writePeople(people, { seed, contacts, start: end - 4 * 365 * 86_400_000 });
  for (const table of Object.values(people)) await table.send(client);
  const tables = deskTables();
  await tables.message.send(client, writeTickets(tables, desk, { seed, tickets, end }));
  const { message: _, ...others } = tables;
  for (const table of Object.values(others)) await table.send(client);
  await client.query(`SELECT setval('"Ticket_number_seq"', $1)`, [tickets]);
}

/** Those that are no constraint. @returns how they are made again, the cheap ones first. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
       AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
       AND c.relname IN ('Ticket', 'Message', 'Contact', 'TicketParticipant', '_TagToTicket', 'Attachment')
     ORDER BY pg_get_indexdef(i.indexrelid) LIKE '%gin%', 1`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  if (seconds > 1) console.log(`  ${seconds.toFixed(0).padStart(4)} s  ${what}`);
  return result;
}
