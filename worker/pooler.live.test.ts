import { afterAll, beforeAll, expect, it } from "vitest";
import { closeDb, db, openDatabase, useDatabase } from "@/lib/db/client";
import { listen } from "@/lib/db/listen";
import { reloadEnv } from "@/lib/env";
import { startWorkerProcess } from "@/lib/testing/child-process";
import { useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { connectAccount } from "@/lib/testing/pipeline";
import { type Pooler, startPooler } from "@/lib/testing/pooler";
import { rawMail } from "@/lib/testing/raw-mail";
import { listTickets } from "@/lib/tickets/list";
import { EVERY_OPEN_TICKET } from "@/lib/tickets/query";

// DATABASE_URL leads through a pooler in transaction mode, DATABASE_DIRECT_URL past it.

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };

let pooler: Pooler;
let bed: MailBed;

useTestDatabase();

beforeAll(async () => {
  const direct = db().url;
  [pooler, bed] = await Promise.all([startPooler(direct), startMailBed()]);
  await closeDb();
  Object.assign(process.env, { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: direct });
  reloadEnv();
  useDatabase(openDatabase(pooler.url, 8));
});

afterAll(async () => {
  await closeDb();
  delete process.env.DATABASE_DIRECT_URL;
  await Promise.all([pooler?.stop(), bed?.stop()]);
});

it("mail comes in, is told of, and is listed by many at once", async () => {
  const told: string[] = [];
  const stop = listen(({ topic }) => told.push(topic));
  const agent = await createUser({ role: "AGENT" });
  for (let n = 0; n < 30; n++) await bed.append(USER, rawMail());
  await connectAccount({ imapPort: bed.imapPort, smtpPort: 1 });
  const worker = await startWorkerProcess({ EMAIL_POLLING_INTERVAL: "1" });
  try {
    await expect.poll(() => db().prisma.ticket.count(), PATIENTLY).toBe(30);
    await expect.poll(() => told, PATIENTLY).toContain("ticket");
    const query = { ...EVERY_OPEN_TICKET, view: "all" as const };
    const pages = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 2 === 0 ? listTickets(agent, query) : db().prisma.ticket.findMany({ take: 30 }),
      ),
    );
    expect(pages.map((page) => ("rows" in page ? page.rows : page).length)).toEqual(
      Array(60).fill(30),
    );
    expect(await worker.stop()).toBe(0);
  } finally {
    await worker.kill();
    await stop();
  }
}, 120_000);
