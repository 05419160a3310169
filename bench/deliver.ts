import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { db } from "@/lib/db/client";
import { createContact, createMessage, createTicket, createUser } from "@/lib/testing/factories";
import { replyToTicket } from "@/lib/tickets/reply";
import { runAlone } from "./alone";
import { ManyWorld, type Spent, spentSince } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";

const REPLIES = 1_000;
const TICKETS = 40;
const CUSTOMER = "customer@customer.test";

/**
 * Agents' replies that wait in the queue, from the worker's start until Postfix has accepted the last:
 * of one account, then of four. Every one of them must be in the customer's inbox once.
 */
export const part: Part = {
  name: "deliver",
  async run(options: PartOptions): Promise<Figure[]> {
    const world = await ManyWorld.start();
    try {
      const figures: Figure[] = [];
      for (const accounts of [1, 4]) {
        const { perSecond, spent } = await deliver(world, accounts, scaled(REPLIES, options));
        const cpu = Object.entries(spent).map(([who, s]) => `${who} ${s.toFixed(1)} s`);
        figures.push({
          ...(accounts === 1
            ? { name: "deliver", reach: { atLeast: 100 } }
            : { name: `deliver-${accounts}-accounts` }),
          ...{ value: perSecond, unit: "replies/s", note: `CPU ${cpu.join(", ")}` },
        });
      }
      return figures;
    } finally {
      await world.stop();
    }
  },
};

type Delivered = { perSecond: number; spent: Spent };

async function deliver(world: ManyWorld, accounts: number, replies: number): Promise<Delivered> {
  const ids: string[] = [];
  for (let n = 0; n < accounts; n++)
    ids.push(
      await world.connect(`sender${n}.of${accounts}@example.test`, {
        ...{ tls: false, smtpPort: world.bed.smtpsPort, smtpSecurity: "tls" },
        pollingEnabled: false,
      }),
    );
  const before = receivedIds(world);
  await queue(ids, replies);
  const { rows } = await db().pool.query<{ at: Date }>("SELECT clock_timestamp() AS at");
  await world.startWorker();
  const spentBefore = world.spent();
  const of = `"accountId" IN (${ids.map((id) => `'${id}'`).join()})`;
  await world.until(
    `SELECT count(*) FROM "OutboundEmail" WHERE "status" = 'SENT' AND ${of}`,
    replies,
    { limitMs: 240_000 },
  );
  const spent = spentSince(world, spentBefore);
  const last = await db().pool.query<{ last: Date }>(
    `SELECT max("sentAt") AS last FROM "OutboundEmail" WHERE ${of}`,
  );
  await world.stopWorker();
  const seconds = (Number(last.rows[0]?.last) - Number(rows[0]?.at)) / 1000;
  await untilReceived(world, before, replies);
  return { perSecond: replies / seconds, spent };
}

/** As agents write them, over tickets of all accounts. */
async function queue(accountIds: string[], replies: number): Promise<void> {
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  const contact = await db().prisma.contact.findUnique({ where: { email: CUSTOMER } });
  const requesterId = contact?.id ?? (await createContact({ email: CUSTOMER })).id;
  const numbers: number[] = [];
  for (let n = 0; n < TICKETS; n++) {
    const accountId = accountIds[n % accountIds.length] ?? null;
    const ticket = await createTicket({ accountId, requesterId, subject: `Lamp ${n}` });
    await createMessage({
      ...{ ticketId: ticket.id, kind: "INBOUND", contactId: requesterId, fromAddress: CUSTOMER },
      ...{ messageId: `${ticket.id}@customer.test`, text: "It is broken." },
    });
    numbers.push(ticket.number);
  }
  const text = "Have you tried another bulb? It often helps, and costs little.\n".repeat(20);
  for (let n = 0; n < replies; n++)
    await replyToTicket(agent, { number: numbers[n % TICKETS] ?? 0, text });
}

/** The Message-IDs in the customer's inbox, by Dovecot's own files. */
function receivedIds(world: ManyWorld): string[] {
  const home = path.join(world.bed.dir, "mail", CUSTOMER, "Maildir");
  return ["new", "cur"].flatMap((folder) => {
    const place = path.join(home, folder);
    return (existsSync(place) ? readdirSync(place) : []).map((name) => {
      const raw = readFileSync(path.join(place, name), "utf8");
      return /^Message-ID: (.*?)\r?$/im.exec(raw)?.[1] ?? name;
    });
  });
}

/** @throws Error when one is lost or came twice */
async function untilReceived(world: ManyWorld, before: string[], replies: number): Promise<void> {
  const known = new Set(before);
  const deadline = performance.now() + 60_000;
  for (;;) {
    const received = receivedIds(world).filter((id) => !known.has(id));
    const different = new Set(received).size;
    if (different < received.length) throw new Error("A reply was delivered twice.");
    if (different === replies) return;
    if (performance.now() > deadline)
      throw new Error(`${different} of ${replies} replies were delivered.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

await runAlone(import.meta.url, part);
