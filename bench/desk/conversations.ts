import { gzipSync } from "node:zlib";
import { db } from "@/lib/db/client";
import type { Figure } from "../part";
import { fieldsOfForm } from "./form";
import { figuresInWords, type Measured, measured, worstOf } from "./measure";
import type { Web } from "./web";

const LONG = 500;
const RUNS = 30;
const SHORT_TICKETS = 10;
const REPLY_TICKETS = 20;

/** A ticket's page with few messages and with 500, its bytes, and answers, all over HTTP. */
export async function measureTickets(web: Web): Promise<Figure[]> {
  const long = await longConversation();
  const html = await web.read(`/tickets/${long}`);
  const short = await measuredPages(web, "ticket with 5 messages", await openTickets(5));
  const longs = await measuredPages(web, `ticket with ${LONG} messages`, [long]);
  const page = gzipSync(html).length;
  const bytes = page + (await web.scriptBytes(`/tickets/${long}`));
  return [
    worstOf("ticket-5-http-p95-ms", 100, [short]),
    worstOf("ticket-500-http-p95-ms", 250, [longs]),
    {
      ...{ name: "ticket-500-kb", value: bytes / 1024, unit: "KB", reach: { atMost: 300 } },
      note: `the page ${(page / 1024).toFixed(0)} KB, the rest scripts; all as it travels, gzip`,
    },
    worstOf("reply-http-p95-ms", 150, [await measuredReplies(web)]),
  ];
}

async function measuredPages(web: Web, name: string, numbers: number[]): Promise<Measured> {
  const runs = Math.ceil(RUNS / numbers.length);
  const each: Measured[] = [];
  for (const number of numbers)
    each.push(await measured(web, name, runs, () => web.read(`/tickets/${number}`)));
  const cpuMs = each.reduce((sum, one) => sum + one.cpuMs, 0) / each.length;
  return printed({ name, ms: each.flatMap(({ ms }) => ms), cpuMs });
}

/** Each on another ticket; what comes back is its page with the answer on it. */
async function measuredReplies(web: Web): Promise<Measured> {
  const ms: number[] = [];
  let cpuMs = 0;
  for (const number of await openTickets(3, REPLY_TICKETS)) {
    const page = `/tickets/${number}`;
    const fields = fieldsOfForm(await web.read(page), "reply-text");
    fields.set("text", `Thank you for your patience. This is answer ${Date.now()}.`);
    const startedAt = performance.now();
    const cpuBefore = web.cpuMs();
    await web.send(page, fields);
    ms.push(performance.now() - startedAt);
    cpuMs += web.cpuMs() - cpuBefore;
  }
  const { rows } = await db().pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM "OutboundEmail" WHERE "status" = 'QUEUED' AND "createdAt" > now() - interval '5 minutes'`,
  );
  if ((rows[0]?.count ?? 0) < ms.length) throw new Error("Answers were taken and are not there");
  return printed({ name: "answer accepted", ms, cpuMs: cpuMs / ms.length });
}

function printed(one: Measured): Measured {
  console.log(`${one.name.padEnd(60)} ${figuresInWords(one)}`);
  return one;
}

async function openTickets(messages: number, count = SHORT_TICKETS): Promise<number[]> {
  const { rows } = await db().pool.query<{ number: number }>(
    `SELECT t."number" FROM "Ticket" t WHERE t."messageCount" = $1 AND t."status" IN ('OPEN', 'PENDING') AND t."source" = 'EMAIL'
       AND NOT t."isSpam" AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
     ORDER BY t."lastMessageAt" DESC LIMIT $2`,
    [messages, count],
  );
  return rows.map(({ number }) => number);
}

/** The desk's longest conversation: made of others' texts when the desk has none so long. */
async function longConversation(): Promise<number> {
  const { rows } = await db().pool.query<{ number: number }>(
    `SELECT "number" FROM "Ticket" WHERE "messageCount" = $1 AND "subject" = 'A long conversation'`,
    [LONG],
  );
  return rows[0]?.number ?? (await makeLongConversation());
}

async function makeLongConversation(): Promise<number> {
  const { rows } = await db().pool.query<{ number: number }>(
    `WITH model AS (SELECT "requesterId", "accountId", "assigneeId" FROM "Ticket"
       WHERE "accountId" IS NOT NULL AND "requesterId" IS NOT NULL AND "assigneeId" IS NOT NULL LIMIT 1),
     made AS (INSERT INTO "Ticket" ("id", "subject", "source", "status", "requesterId", "accountId", "assigneeId", "messageCount", "awaitingUs", "updatedAt")
       SELECT gen_random_uuid(), 'A long conversation', 'EMAIL', 'SOLVED', "requesterId", "accountId", "assigneeId", $1, false, now() FROM model
       RETURNING "id", "number", "requesterId", "assigneeId"),
     said AS (SELECT "newText", row_number() OVER () AS n FROM (SELECT "newText" FROM "Message" LIMIT $1) texts),
     written AS (INSERT INTO "Message" ("id", "ticketId", "kind", "fromName", "fromAddress", "toAddresses", "subject", "text", "newText", "contactId", "authorId",
         "inReplyTo", "references", "referenceKeys", "warnings", "createdAt", "sentAt")
       SELECT gen_random_uuid(), made."id", CASE WHEN n % 2 = 1 THEN 'INBOUND' ELSE 'OUTBOUND' END::"MessageKind",
         CASE WHEN n % 2 = 1 THEN c."name" ELSE 'Support' END, CASE WHEN n % 2 = 1 THEN c."email"::text ELSE 'support@desk.example' END,
         '[]', 'A long conversation', "newText", "newText", CASE WHEN n % 2 = 1 THEN c."id" END, CASE WHEN n % 2 = 0 THEN made."assigneeId" END,
         '{}', '{}', '{}', '{}', now() - ($1 - n) * interval '1 hour', now() - ($1 - n) * interval '1 hour'
       FROM said, made JOIN "Contact" c ON c."id" = made."requesterId")
     SELECT "number" FROM made`,
    [LONG],
  );
  const [made] = rows;
  if (!made) throw new Error("The desk has no ticket to take a long conversation's people from");
  return made.number;
}
