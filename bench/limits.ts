import { ImapFlow } from "imapflow";
import type pg from "pg";
import { openDatabase } from "@/lib/db/client";
import { readHeaderBlock } from "@/lib/mail/header-block";
import { readMimeTree } from "@/lib/mail/mime-tree";
import { parseMail } from "@/lib/mail/parse";
import { newId } from "@/lib/new-id";
import { generateMails } from "./generator/mails";
import { describeInbox, fillInbox } from "./inbox";
import type { Figure, Part } from "./part";
import { fetchRaw } from "./raw-fetch";
import { BenchWorld, DESK } from "./world";

const BATCH = 100;

/** How fast each step is alone, on the mails of the ingest bench: the whole is slower than the slowest. */
export const part: Part = {
  name: "limits",
  async run({ seed, mails }) {
    const world = await BenchWorld.start();
    try {
      const place = { user: DESK, count: mails };
      console.log(
        describeInbox(await fillInbox(world.bed, generateMails({ seed, to: DESK }), place)),
      );
      const raws = generateRaws(seed, mails);
      const { imapPort } = world.bed;
      const steps: [name: string, work: () => Promise<unknown>][] = [
        ["limit-fetch-raw", () => fetchRaw(imapPort, DESK, "pw")],
        ["limit-fetch-imapflow", () => fetchByImapflow(imapPort)],
        ["limit-mime-reader", async () => readTrees(raws)],
        ["limit-parser", () => parseAll(raws)],
        ["limit-commit", () => commitAll(world.postgres.url, raws)],
      ];
      const figures: Figure[] = [];
      for (const [name, work] of steps) figures.push(await measure(world, name, raws, work));
      return figures;
    } finally {
      await world.stop();
    }
  },
};

function generateRaws(seed: number, count: number): Buffer[] {
  const raws: Buffer[] = [];
  for (const { raw } of generateMails({ seed, to: DESK })) {
    raws.push(raw);
    if (raws.length === count) break;
  }
  return raws;
}

/** The rate of a step, with the CPU time it took here and in the servers. */
async function measure(
  world: BenchWorld,
  name: string,
  raws: Buffer[],
  work: () => Promise<unknown>,
): Promise<Figure> {
  const serversBefore = world.spent();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const servers = world.spent();
  const per1000 = (cpu: number) => ((1000 * cpu) / raws.length).toFixed(2);
  const mb = raws.reduce((sum, raw) => sum + raw.length, 0) / 1024 / 1024;
  return {
    ...{ name, value: raws.length / seconds, unit: "mails/s" },
    note: [
      `${(mb / seconds).toFixed(0)} MB/s; CPU s per 1,000: here ${per1000((user + system) / 1e6)}`,
      `Dovecot ${per1000(servers.dovecot - serversBefore.dovecot)}`,
      `Postgres ${per1000(servers.postgres - serversBefore.postgres)}`,
    ].join(", "),
  };
}

async function fetchByImapflow(port: number): Promise<void> {
  const client = new ImapFlow({
    ...{ host: "127.0.0.1", port, secure: false, doSTARTTLS: false, logger: false },
    auth: { user: DESK, pass: "pw" },
  });
  await client.connect();
  try {
    await client.mailboxOpen("INBOX", { readOnly: true });
    const query = { uid: true, source: true };
    for await (const { source } of client.fetch("1:*", query))
      if (!source) throw new Error("A mail came without its bytes");
  } finally {
    await client.logout();
  }
}

function readTrees(raws: Buffer[]): void {
  for (const raw of raws) readMimeTree(raw, readHeaderBlock(raw));
}

async function parseAll(raws: Buffer[]): Promise<void> {
  for (const raw of raws) await parseMail(raw);
}

/** Receipts and raw mails alone, 100 to a transaction, through the product's own pool. */
async function commitAll(url: string, raws: Buffer[]): Promise<void> {
  const database = openDatabase(url);
  const client = await database.pool.connect();
  try {
    for (let from = 0; from < raws.length; from += BATCH) {
      await client.query("BEGIN");
      await insertBatch(client, raws.slice(from, from + BATCH), from + 1);
      await client.query("COMMIT");
    }
  } finally {
    client.release();
    await database.close();
  }
}

async function insertBatch(client: pg.PoolClient, raws: Buffer[], firstUid: number): Promise<void> {
  const rows = raws.map((raw, n) => ({ id: newId(), uid: firstUid + n, raw }));
  const places = (columns: number, row: (first: number) => string) =>
    rows.map((_, n) => row(n * columns + 1)).join(", ");
  await client.query(
    `INSERT INTO "InboundEmail" ("id", "folder", "epoch", "uidValidity", "uid", "size")
     VALUES ${places(3, (at) => `($${at}, 'INBOX', 1, 1, $${at + 1}, $${at + 2})`)}`,
    rows.flatMap(({ id, uid, raw }) => [id, uid, raw.length]),
  );
  await client.query(
    `INSERT INTO "RawMail" ("inboundEmailId", "bytes")
     VALUES ${places(2, (at) => `($${at}, $${at + 1})`)}`,
    rows.flatMap(({ id, raw }) => [id, raw]),
  );
}
