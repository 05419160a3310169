import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createAttachment,
  createContact,
  createMessage,
  createTicket,
  createUser,
} from "../testing/factories";
import { learnCommonWords } from "./common-words";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET, type TicketQuery } from "./query";
import { isWalked } from "./search";
import { parseSearch } from "./search-query";
import { partsOf } from "./search-words";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

type Viewer = Awaited<ReturnType<typeof createUser>>;

async function found(viewer: Viewer, q: string, fields: Partial<TicketQuery> = {}) {
  const page = await listTickets(viewer, { ...EVERY_OPEN_TICKET, ...fields, q });
  return page.rows.map(({ subject }) => subject);
}

async function ticketSaying(text: string, subject = text.slice(0, 40)) {
  const ticket = await createTicket({ subject });
  await createMessage({ ticketId: ticket.id, text });
  return ticket;
}

describe("words of a search", () => {
  it.each([
    ["Müller", "Herr MÜLLER wartet"],
    ["MÜLLER", "Herr Müller wartet"],
    ["muller", "Herr Müller wartet"],
    ["mueller", "Herr Müller wartet"],
    ["müller", "Herr Muller wartet"],
    ["strasse", "Lange Straße 5"],
    ["garcia", "para García"],
    ["иванов", "Пишет ИВАНОВ Иван"],
    ["ивано", "Пишет Иванов Иван"],
    ["ΣΟΦΟΣ", "ο Σοφός, ο σοφοσ"],
    ["日本語", "これは日本語の納期です"],
    ["語", "これは日本語の納期です"],
    ["第3回", "第3回の会議"],
    ["환불", "주문 환불을 요청합니다"],
    ["订单 退款", "我的订单需要退款"],
    ["हिन्दी", "यह हिन्दी है।"],
    ["العربية", "اللغة العربية"],
    ["สวัสดี", "เขียนว่าสวัสดีครับ"],
    ["invoice 19.99", "Your invoice of 19.99 euros"],
    ["foo-bar", "the foo-bar thing"],
    ["refund", "two refunds are due"],
    ['"brown fox"', "The quick brown\nfox"],
    ['brown "fox', "The quick brown fox"],
    ["yumi@sato.example", "write to yumi@sato.example"],
    ["ref:88213", "see REF 88213"],
  ])("%s finds %s", async (q, text) => {
    const agent = await createUser();
    await ticketSaying(text, "right");
    await ticketSaying("Something else entirely", "wrong");
    expect(await found(agent, q)).toEqual(["right"]);
  });

  it.each([
    ["日語", "日本語"],
    ['"fox brown"', "The quick brown fox"],
    ["fund", "two refunds"],
    ["100%", "a hundred, 100"],
    ["a_b", "axb"],
  ])("%s does not find %s", async (q, text) => {
    const agent = await createUser();
    const ticket = await ticketSaying(text, "wrong");
    const isWord = partsOf(q).every((part) => partsOf(text).includes(part));
    expect(await found(agent, q)).toEqual(isWord && !q.startsWith('"') ? [ticket.subject] : []);
  });

  it("are cut up in one way here and in Postgres", async () => {
    const text =
      "Müller’s x_y, foo@bar.example: 19.99 日本語3回、한국어! हिन्दी। สวัสดี العَرَبِيَّة Ｆｕｌｌ ΣΟΦΟΣ e\u0301 \u{1F600} Straße";
    const result = await db().pool.query<{ words: string[] }>("SELECT search_words($1) AS words", [
      text,
    ]);
    const theirs = new Set(result.rows[0]?.words);
    for (const part of partsOf(text.normalize("NFC"))) {
      const isThere = theirs.has(part) || theirs.has(part.normalize("NFD"));
      expect([part, isThere]).toEqual([part, true]);
    }
  });

  it("of a hostile text are stored, whatever it is made of", async () => {
    const agent = await createUser();
    const letters = Array.from({ length: 120_000 }, (_, n) =>
      String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000)),
    );
    for (const text of [
      letters.join(""),
      "x".repeat(120_000),
      "a_".repeat(60_000),
      "\u0301".repeat(9_000),
      "'\\:* & | !<->",
    ])
      await ticketSaying(text, "stored");
    expect(await found(agent, "stored")).toHaveLength(5);
  });

  it("are found in the names of files, by their parts", async () => {
    const agent = await createUser();
    const ticket = await createTicket({ subject: "with file" });
    const message = await createMessage({ ticketId: ticket.id, text: "see below" });
    await createAttachment({ messageRowId: message.id, filename: "Rechnung_2026-11_Müller.pdf" });
    await ticketSaying("no file");
    for (const q of ["rechnung", "müller.pdf", "Rechnung_2026-11", "pdf"])
      expect(await found(agent, q)).toEqual(["with file"]);
  });

  it("may be the sender's and the text's together", async () => {
    const agent = await createUser();
    const marta = await createContact({ name: "Marta Oliveira", email: "marta@oliveira.example" });
    const ticket = await createTicket({ subject: "Hello", requesterId: marta.id });
    await createMessage({ ticketId: ticket.id, text: "The blade is wrong" });
    expect(await found(agent, "marta blade")).toEqual(["Hello"]);
  });

  it("with a slip in a name find people, unless they find something as they are", async () => {
    const agent = await createUser();
    const marta = await createContact({ name: "Marta Oliveira", email: "mo@customer.example" });
    await createTicket({ subject: "hers", requesterId: marta.id });
    expect(await found(agent, "Olivera")).toEqual(["hers"]);
    expect(await found(agent, "from:Olivera")).toEqual(["hers"]);
    await ticketSaying("Mr Olivera called", "his");
    expect(await found(agent, "Olivera")).toEqual(["his"]);
  });
});

describe("operators of a search", () => {
  it("narrow by people, subject, account, tag, assignee and number", async () => {
    const agent = await createUser({ name: "Nora Quist" });
    const account = await createAccount({ email: "billing@desk.example" });
    const marta = await createContact({ name: "Marta Oliveira", email: "marta@oliveira.example" });
    const cc = await createContact({ name: "Jonas Brown", email: "jonas@brown.example" });
    const a = await createTicket({
      subject: "Wrong blade",
      requesterId: marta.id,
      accountId: account.id,
      assigneeId: agent.id,
    });
    await db().prisma.ticketParticipant.create({
      data: { ticketId: a.id, contactId: cc.id, role: "CC" },
    });
    await db().prisma.tag.create({ data: { name: "VIP", tickets: { connect: { id: a.id } } } });
    await createTicket({ subject: "marta billing vip" });
    for (const q of [
      "from:marta",
      'from:"Marta Oliveira"',
      "from: oliveira.example",
      "FROM:MARTA to:jonas",
      "to:billing@desk.example",
      "subject:blade",
      "account:billing",
      "tag:vip",
      "assignee:me",
      "assignee:nora",
      `#${a.number}`,
      "is:mine",
      "from:marta blade",
    ])
      expect([q, await found(agent, q)]).toEqual([q, ["Wrong blade"]]);
    for (const q of ["assignee:none", "is:unassigned", "from:person"])
      expect([q, await found(agent, q)]).toEqual([q, ["marta billing vip"]]);
    for (const q of ["from:nobody-at-all", "to:marta", "tag:v%", "from:%", "from:marta tag:other"])
      expect([q, await found(agent, q)]).toEqual([q, []]);
  });

  it("narrow by state, over what the view leaves out", async () => {
    const agent = await createUser();
    const inAnHour = new Date(Date.now() + 3_600_000);
    const seen = await createTicket({ subject: "open" });
    await db().prisma.ticketRead.create({
      data: { ticketId: seen.id, userId: agent.id, readAt: seen.lastMessageAt },
    });
    await createTicket({ subject: "pending", status: "PENDING" });
    await createTicket({ subject: "solved", status: "SOLVED" });
    await createTicket({ subject: "closed", status: "CLOSED" });
    await createTicket({ subject: "asleep", snoozedUntil: inAnHour });
    await createTicket({ subject: "spam", isSpam: true });
    await createTicket({ subject: "robot", isAutomatic: true });
    const expected = {
      "is:open": ["open"],
      "is:pending": ["pending"],
      "is:solved": ["solved"],
      "is:closed is:solved": ["closed", "solved"],
      "is:unread": ["pending"],
      "is:snoozed": ["asleep"],
      "is:spam": ["spam"],
      "is:automatic": ["robot"],
    };
    for (const [q, subjects] of Object.entries(expected))
      expect([q, await found(agent, q)]).toEqual([q, subjects]);
  });

  it("narrow by files and days", async () => {
    const agent = await createUser();
    const day = (text: string) => new Date(`${text}T12:00:00Z`);
    const old = await createTicket({ subject: "old", lastMessageAt: day("2026-01-31") });
    const message = await createMessage({ ticketId: old.id });
    await createAttachment({ messageRowId: message.id, filename: "a.pdf" });
    const late = await createTicket({ subject: "late", lastMessageAt: day("2026-02-01") });
    const inline = await createMessage({ ticketId: late.id });
    await createAttachment({ messageRowId: inline.id, filename: "logo.png", isInline: true });
    expect(await found(agent, "has:attachment")).toEqual(["old"]);
    expect(await found(agent, "before:2026-02-01")).toEqual(["old"]);
    expect(await found(agent, "after:2026-02-01")).toEqual(["late"]);
    expect(await found(agent, "after:2026-01-01 before:2026-02-02")).toEqual(["late", "old"]);
  });
});

describe("a search for a common word", () => {
  // With all words not sorted in yet, as in a flood of mail.
  it("walks the list: newest first, in pages, and counts no further than it shows", async () => {
    const agent = await createUser();
    const marta = await createContact({ name: "Marta Oliveira", email: "marta@order.example" });
    await db().pool.query(
      `INSERT INTO "Ticket" ("id", "subject", "source", "lastMessageAt", "updatedAt")
        SELECT gen_random_uuid(), 'ticket ' || n, 'EMAIL', timestamptz '2026-01-01' + n * interval '1 minute', now()
        FROM generate_series(1, 12000) n`,
    );
    await db().pool.query(
      `INSERT INTO "Message" ("id", "ticketId", "kind", "newText", "inReplyTo", "references", "referenceKeys", "warnings")
        SELECT gen_random_uuid(), "id", 'INBOUND', CASE WHEN "number" % 2 = 0 THEN 'my order' || k ELSE 'my order of wine' END, '{}', '{}', '{}', '{}'
        FROM "Ticket", generate_series(1, 4) k WHERE "number" % 3 > 0`,
    );
    await createTicket({
      subject: "by her",
      requesterId: marta.id,
      lastMessageAt: new Date("2026-03-01"),
    });
    await createTicket({ subject: "Border", lastMessageAt: new Date("2026-03-02") });
    await db().pool.query('ANALYZE "Message"');
    await learnCommonWords({ again: true });
    expect(["order", "orde", "my order", "zebra", "order zebra"].map(isWalked)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(isWalked("my")).toBe(true);
    const list = (fields: Partial<TicketQuery>) =>
      listTickets(agent, { ...EVERY_OPEN_TICKET, q: "orde", ...fields });
    const first = await list({});
    expect(first).toMatchObject({ count: 51, countMax: 51 });
    const numbers = Array.from({ length: 12_000 }, (_, n) => 12_000 - n).filter((n) => n % 3 > 0);
    const subjects = ["Border", "by her", ...numbers.map((n) => `ticket ${n}`)];
    expect(first.rows.map(({ subject }) => subject)).toEqual(subjects.slice(0, 50));
    const second = await list({ after: first.older });
    expect(second.rows.map(({ subject }) => subject)).toEqual(subjects.slice(50, 100));
    const back = await list({ before: second.newer });
    expect(back.rows.map(({ subject }) => subject)).toEqual(subjects.slice(0, 50));
    expect(await found(agent, "my orde")).toEqual(subjects.slice(2, 52));
    await learnCommonWords({ again: true });
  }, 60_000);

  it("walks for a word that turns out to be in thousands of tickets, though no statistics say so", async () => {
    const agent = await createUser();
    await db().pool.query(
      `INSERT INTO "Ticket" ("id", "subject", "source", "status", "lastMessageAt", "updatedAt")
        SELECT gen_random_uuid(), 'ticket ' || n, 'EMAIL', CASE WHEN n % 100 = 0 THEN 'OPEN' ELSE 'SOLVED' END::"TicketStatus",
          timestamptz '2026-01-01' + n * interval '1 minute', now() FROM generate_series(1, 6500) n`,
    );
    await db().pool.query(
      `INSERT INTO "Message" ("id", "ticketId", "kind", "newText", "inReplyTo", "references", "referenceKeys", "warnings")
        SELECT gen_random_uuid(), "id", 'INBOUND', CASE WHEN "number" % 7 > 0 THEN 'a lantern' ELSE 'lanterns, two' END, '{}', '{}', '{}', '{}'
        FROM "Ticket"`,
    );
    expect(isWalked("lantern")).toBe(false);
    const list = (fields: Partial<TicketQuery>) =>
      listTickets(agent, { ...EVERY_OPEN_TICKET, q: "lantern", ...fields });
    const all = await list({ view: "all" });
    expect(all).toMatchObject({ count: 51, countMax: 51 });
    expect(all.rows[0]?.subject).toBe("ticket 6500");
    const second = await list({ view: "all", after: all.older });
    expect(second.rows[0]?.subject).toBe("ticket 6450");
    const open = await list({});
    const subjects = Array.from({ length: 65 }, (_, n) => `ticket ${100 * (65 - n)}`);
    expect(open.rows.map(({ subject }) => subject)).toEqual(subjects.slice(0, 50));
    const rest = await list({ after: open.older });
    expect(rest.rows.map(({ subject }) => subject)).toEqual(subjects.slice(50));
    // The same of fewer is counted.
    expect(await list({ q: "ticket 6500", view: "all" })).toMatchObject({ count: 1 });
    await db().pool.query('TRUNCATE "Ticket" CASCADE');
  }, 60_000);

  it("is given up after five seconds, and says so", async () => {
    const agent = await createUser();
    await createTicket({ subject: "my order" });
    const holder = await db().pool.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE "Ticket" IN ACCESS EXCLUSIVE MODE');
      const page = await listTickets(agent, { ...EVERY_OPEN_TICKET, q: "order" });
      expect(page).toEqual({ rows: [], newer: null, older: null, count: 0, isGivenUp: true });
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect(await found(agent, "order")).toEqual(["my order"]);
  }, 30_000);

  it("is the same search where nothing is known of common words", async () => {
    const agent = await createUser();
    await ticketSaying("my order");
    await db().pool.query('ANALYZE "Message"');
    await learnCommonWords({ again: true });
    expect(isWalked("order")).toBe(false);
    expect(await found(agent, "order")).toEqual(["my order"]);
    expect(parseSearch("order").notes).toEqual([]);
  });
});
