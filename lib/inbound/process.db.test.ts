import { beforeEach, describe, expect, it } from "vitest";
import { openAttachment } from "../attachments";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import {
  inProcessParser,
  makeEverythingDue,
  outcomeOf,
  receive,
  receiveOnTicket,
  store,
  testProcessor,
} from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { type ParsePool, ParserKilled } from "./parse-pool";
import { claimReceipts } from "./receipt-claims";

useTestDatabase();

beforeEach(() => emptyDatabase(db().pool));

/** Processes what waits until nothing is due any more, skipping the pauses between tries. */
async function processToTheEnd(parser: ParsePool = inProcessParser): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await makeEverythingDue();
    await testProcessor("test", parser).run({});
  }
}

/** Fails on mails whose text says so, as often as it says. */
function parserThat(fail: () => Error): ParsePool {
  return {
    ...inProcessParser,
    parse: async (raw) => {
      if (Buffer.from(raw).includes("make it fail")) throw fail();
      return inProcessParser.parse(raw);
    },
  };
}

describe("odd mails", () => {
  const head =
    "From: Ann <ann@customer.test>\r\nSubject: Odd\r\nMessage-ID: <odd@customer.test>\r\n";

  it("with NUL bytes becomes a ticket without them", async () => {
    const raw = `${head.replace("Odd", "O\0dd")}\r\nHel\0lo\r\n`;
    const { ticket, message } = await receiveOnTicket(Buffer.from(raw, "latin1"));
    expect(`${ticket.subject}${message.text}`).not.toContain("\0");
    expect(message.text).toContain("lo");
  });

  it("in an unknown charset becomes a ticket with a warning", async () => {
    const type = "Content-Type: text/plain; charset=klingon-8\r\n";
    const raw = Buffer.from(`${head}${type}\r\nReadable \xe9\r\n`, "latin1");
    const { message } = await receiveOnTicket(raw);
    expect(message.text).toContain("Readable");
    expect(message.warnings.join()).toContain("klingon-8");
  });

  it.each([
    ["a single letter", "x"],
    ["no header at all", "\r\n\r\nJust text.\r\n"],
    ["only spaces", "   \r\n \r\n"],
    ["random bytes", Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * 73 + 11) % 256))],
    ["a header without a body", head],
  ])("made of %s becomes a ticket", async (_what, raw) => {
    const { ticket, message } = await receiveOnTicket(raw);
    expect(ticket.subject).not.toBe("");
    expect(message.messageId).not.toBeNull();
  });

  it.each([
    ["line ends", "\r\n\r\n"],
    ["nothing", ""],
  ])("made of %s is quarantined with the reason", async (_what, raw) => {
    expect(await receive(raw)).toMatchObject({
      status: "QUARANTINED",
      reason: "Can't be read as a mail: empty.",
      message: null,
    });
  });

  it("too large to fetch becomes a ticket that says so", async () => {
    const { message, ticket } = await receiveOnTicket(head, { isTruncated: true });
    expect(ticket.subject).toBe("Odd");
    expect(message.text).toContain("larger than 50 MB");
    expect(message.warnings.join()).toContain("larger than 50 MB");
  });

  it("with attachments keeps each file's exact bytes once: in the raw mail, or decoded", async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * 7) % 256));
    const part = (name: string, encoded: string) =>
      `--b\r\nContent-Type: application/octet-stream; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`;
    const plain = bytes.toString("base64");
    const odd = plain.replace(/(.{40})/g, "$1 ");
    const type = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    const raw = `${head}${type}\r\n--b\r\n\r\nSee files.\r\n${part("a.bin", plain)}${part("b.bin", odd)}${part("c.bin", odd)}--b--\r\n`;
    const { message } = await receiveOnTicket(raw);
    const files = await db().prisma.attachment.findMany({
      where: { messageRowId: message.id },
      orderBy: { position: "asc" },
    });
    expect(files.map(({ filename, size, rawEncoding }) => [filename, size, rawEncoding])).toEqual([
      ["a.bin", 3000, "BASE64"],
      ["b.bin", 3000, null],
      ["c.bin", 3000, null],
    ]);
    expect(await db().prisma.blob.count()).toBe(1);
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    for (const { id } of files) {
      const { chunks, contentLength } = await openAttachment(agent, id);
      const opened: Uint8Array[] = [];
      for await (const chunk of chunks) opened.push(chunk);
      expect([contentLength, bytes.equals(Buffer.concat(opened))]).toEqual([3000, true]);
    }
  });
});

describe("a mail that can't be processed", () => {
  it("is tried five times, then quarantined with the error; the next one is not delayed", async () => {
    const bad = await store(rawMail({ text: "make it fail" }));
    const good = await store(rawMail());
    const parser = parserThat(() => new Error("the disk is full"));
    await testProcessor("test", parser).run({});
    expect(await outcomeOf(good)).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
    expect(await outcomeOf(bad)).toMatchObject({
      status: "PENDING",
      attempts: 1,
      error: "the disk is full",
    });
    await processToTheEnd(parser);
    expect(await outcomeOf(bad)).toMatchObject({
      status: "QUARANTINED",
      attempts: 5,
      reason: "Not processed after 5 tries: the disk is full",
    });
  });

  it("waits longer after every try", async () => {
    const bad = await store(rawMail({ text: "make it fail" }));
    const waits: number[] = [];
    for (let tries = 1; tries <= 4; tries++) {
      await makeEverythingDue();
      await testProcessor(
        "test",
        parserThat(() => new Error("busy")),
      ).run({});
      const wait = await db().pool.query<{ seconds: number }>(
        `SELECT round(extract(epoch FROM "nextTryAt" - now()))::int AS seconds FROM "InboundEmail" WHERE "id" = $1`,
        [bad],
      );
      waits.push(wait.rows[0]?.seconds ?? 0);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
  });

  it("that kills the parser twice is quarantined; the next one is not delayed", async () => {
    const bad = await store(rawMail({ text: "make it fail" }));
    const good = await store(rawMail());
    await processToTheEnd(parserThat(() => new ParserKilled("memory", "out of memory")));
    expect(await outcomeOf(bad)).toMatchObject({
      status: "QUARANTINED",
      attempts: 2,
      reason: "It stopped the parser 2 times.",
    });
    expect((await outcomeOf(good)).status).toBe("PROCESSED");
  });

  it("that kills the whole worker is quarantined in the end", async () => {
    const bad = await store(rawMail());
    for (let crash = 0; crash < 5; crash++) {
      // A worker that dies leaves its lease behind, which ends later.
      expect(
        await claimReceipts("doomed", {}, { receipts: 10, bytes: 1_000_000 }, 30),
      ).toHaveLength(1);
      await db().prisma.inboundEmail.update({
        where: { id: bad },
        data: { leaseUntil: new Date(0) },
      });
    }
    await testProcessor().run({});
    expect(await outcomeOf(bad)).toMatchObject({
      status: "QUARANTINED",
      reason: "Not processed after 5 tries.",
    });
  });
});

describe("claiming receipts", () => {
  it("gives many claimers at once every receipt exactly once, oldest first", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 60; n++)
      ids.push(await store(rawMail(), { receivedAt: new Date(1_000_000 + n) }));
    expect(
      (await claimReceipts("one", {}, { receipts: 10, bytes: 1_000_000 }, 30)).map(({ id }) => id),
    ).toEqual(ids.slice(0, 10));
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        claimReceipts(`w${n}`, {}, { receipts: 10, bytes: 1_000_000 }, 30),
      ),
    );
    const claimed = claims.flat().map(({ id }) => id);
    expect(claims.every((claim) => claim.length <= 10)).toBe(true);
    expect(claimed.sort()).toEqual(ids.slice(10).sort());
  });

  it("lets only the last claimer write, however slow the first one was", async () => {
    const id = await store(rawMail());
    let finishParsing = () => {};
    const hold = new Promise<void>((resolve) => {
      finishParsing = resolve;
    });
    let isParsing = () => {};
    const parsing = new Promise<void>((resolve) => {
      isParsing = resolve;
    });
    const slow: ParsePool = {
      ...inProcessParser,
      parse: async (raw) => {
        isParsing();
        await hold;
        return inProcessParser.parse(raw);
      },
    };
    const first = testProcessor("slow", slow).run({});
    await parsing;
    await db().prisma.inboundEmail.update({ where: { id }, data: { leaseUntil: new Date(0) } });
    await testProcessor("fast").run({});
    finishParsing();
    await first;
    expect(await outcomeOf(id)).toMatchObject({ status: "PROCESSED", attempts: 2 });
    expect(await db().prisma.message.count()).toBe(1);
  });
});
