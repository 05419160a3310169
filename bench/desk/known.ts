import { db } from "@/lib/db/client";
import { EVERY_OPEN_TICKET } from "@/lib/tickets/query";
import type { Case, Known } from "./cases";
import { AGENT } from "./people";

/** The agent who signs in. */
export async function findAgent() {
  return db().prisma.user.findUniqueOrThrow({
    where: { email: AGENT.email },
    select: { id: true, role: true },
  });
}

async function rows<T>(sql: string): Promise<T[]> {
  return (await db().pool.query(sql)).rows;
}

async function texts(sql: string): Promise<string[]> {
  return (await rows<{ text: string }>(sql)).map(({ text }) => text);
}

/** What the filters are set to, read from the desk; the busiest agents and accounts come first. */
export async function findKnown(): Promise<Known> {
  const [newest] = await rows<{ at: Date }>(`SELECT max("lastMessageAt") AS at FROM "Ticket"`);
  const people = await texts(
    `SELECT "email"::text AS text FROM "Contact" WHERE "name" ~ 'Müller' ORDER BY "id" LIMIT 60`,
  );
  return {
    agentIds: await texts(`SELECT "id"::text AS text FROM "User" ORDER BY "id"`),
    accountIds: await texts(`SELECT "id"::text AS text FROM "EmailAccount" ORDER BY "id"`),
    tags: await texts(`SELECT "name"::text AS text FROM "Tag" ORDER BY "id"`),
    frequent: people[0] ?? "",
    quiet: people.at(-1) ?? "",
    surname: "Müller",
    lastDay: newest?.at ?? new Date(),
  };
}

/** What people look for: words by how often mails hold them, an address, and a name with two letters swapped. */
export async function findSearches(): Promise<Case[]> {
  const sample = `to_tsvector('simple', "newText") FROM "Message" TABLESAMPLE SYSTEM (`;
  const [size] = await rows<{ share: number }>(
    `SELECT least(100, 500000 / greatest(1, reltuples))::float AS share FROM pg_class WHERE oid = '"Message"'::regclass`,
  );
  const words = await texts(
    `SELECT word AS text FROM ts_stat($$SELECT ${sample}${size?.share ?? 100}) REPEATABLE (1)$$)
     WHERE length(word) > 3 AND word ~ '^[a-z]+$' ORDER BY ndoc DESC, word`,
  );
  const [order = ""] = await texts(
    `SELECT substring("subject" from 'ORD\\d+') AS text FROM "Ticket" WHERE "subject" ~ 'ORD\\d+' ORDER BY "id" LIMIT 1`,
  );
  const [person] = await rows<{ name: string; email: string }>(
    `SELECT "name", "email"::text AS email FROM "Contact" WHERE length("name") > 14 AND "name" ~ '^[A-Za-z ]+$' ORDER BY "id" LIMIT 1`,
  );
  const [common = "", , second = ""] = words;
  const searches = {
    "common word": common,
    "rare word": order,
    "two words": `${second} ${words[300] ?? ""}`,
    "two rare words": `${words[2000] ?? ""} ${words[2100] ?? ""}`,
    address: person?.email ?? "",
    typo: swapped(person?.name ?? ""),
    umlaut: "müller",
    Cyrillic: "здравствуйте",
    Japanese: "お世話",
  };
  return Object.entries(searches).map(([name, q]) => ({
    name: `${name} “${q}”`,
    query: { ...EVERY_OPEN_TICKET, view: "all", q },
  }));
}

function swapped(name: string): string {
  const at = Math.floor(name.length / 2);
  return `${name.slice(0, at - 1)}${name.charAt(at)}${name.charAt(at - 1)}${name.slice(at + 1)}`;
}
