import { beforeEach, describe, expect, it } from "vitest";
import { db, inTransaction } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { assignTicket } from "./assign";
import { markRead } from "./conversation";
import { countNews, countUnread, isMoment, listOwnNews, readMoment } from "./news";
import { EVERY_OPEN_TICKET, type TicketQuery } from "./query";
import { changeStatus } from "./status";

useTestDatabase();

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
});

const query = (fields: Partial<TicketQuery>): TicketQuery => ({ ...EVERY_OPEN_TICKET, ...fields });

async function ask(subject = "Broken lamp", date = new Date()) {
  const { ticket, message } = await receiveOnTicket(rawMail({ subject, date }));
  return { ...ticket, messageId: message.messageId ?? "" };
}

describe("news of a list", () => {
  it("are tickets and answers that came after the page was read, and nothing else", async () => {
    const old = await ask();
    const moment = await readMoment();
    expect(await countNews(agent, query({}), moment)).toEqual({ tickets: 0, replies: 0 });
    await receiveOnTicket(rawMail({ inReplyTo: old.messageId }));
    const fresh = await ask();
    await receiveOnTicket(rawMail({ inReplyTo: fresh.messageId }));
    await ask();
    expect(await countNews(agent, query({}), moment)).toEqual({ tickets: 2, replies: 1 });
    expect(await countNews(agent, query({}), await readMoment())).toEqual({
      ...{ tickets: 0, replies: 0 },
    });
  });

  it("are those of the query, in either order, also where the mail is old", async () => {
    const moment = await readMoment();
    await ask("A lamp", new Date(Date.now() - 86_400_000));
    const { number } = await ask("A chair");
    await assignTicket(agent, number, agent.id);
    const count = async (fields: Partial<TicketQuery>) =>
      (await countNews(agent, query(fields), moment)).tickets;
    expect(await count({})).toBe(2);
    expect(await count({ sort: "wait" })).toBe(2);
    expect(await count({ view: "my-open" })).toBe(1);
    expect(await count({ view: "unassigned" })).toBe(1);
    expect(await count({ q: "chair" })).toBe(1);
    expect(await count({ source: "WEB" })).toBe(0);
    expect(await count({ priorities: ["URGENT"] })).toBe(0);
    await changeStatus(agent, number, "CLOSED");
    expect(await count({})).toBe(1);
  });

  it("leave out what a robot adds to a ticket", async () => {
    const { messageId } = await ask();
    const moment = await readMoment();
    const headers = ["Auto-Submitted: auto-replied"];
    await receiveOnTicket(rawMail({ inReplyTo: messageId, headers }));
    expect(await countNews(agent, query({}), moment)).toEqual({ tickets: 0, replies: 0 });
  });

  it("hold a mail that was being written while the page was read", async () => {
    const { id } = await ask();
    const moment = await inTransaction(async (tx) => {
      await tx.message.create({
        data: { ticketId: id, kind: "INBOUND", text: "Again." },
        select: { id: true },
      });
      // It is read over another connection, which does not see the message yet.
      return readMoment();
    });
    expect(await countNews(agent, query({}), moment)).toEqual({ tickets: 0, replies: 1 });
  });

  it("of a whole batch are counted", async () => {
    const moment = await readMoment();
    for (const n of [1, 2, 3]) await store(rawMail({ messageId: `n${n}@customer.test` }));
    await testProcessor().run({});
    expect(await countNews(agent, query({}), moment)).toEqual({ tickets: 3, replies: 0 });
  });
});

it("an agent is told of mail on their own tickets and on nobody's", async () => {
  const other = { id: (await createUser()).id, role: "AGENT" as const };
  const mine = await ask("Mine");
  const theirs = await ask("Theirs");
  await assignTicket(agent, mine.number, agent.id);
  await assignTicket(agent, theirs.number, other.id);
  const moment = await readMoment();
  for (const { messageId } of [mine, theirs])
    await receiveOnTicket(rawMail({ inReplyTo: messageId }));
  const { number } = await ask("Nobody's");
  const requester = "Carla Customer";
  expect(await listOwnNews(agent, moment)).toEqual([
    { number, subject: "Nobody's", requester, isNew: true },
    { number: mine.number, subject: "Mine", requester, isNew: false },
  ]);
});

it("unread are the tickets of a list that await us and hold mail the agent has not seen", async () => {
  const first = await ask();
  await ask();
  expect(await countUnread(agent, query({}))).toBe(2);
  await markRead(agent, first);
  expect(await countUnread(agent, query({}))).toBe(1);
  expect(await countUnread(agent, query({ view: "my-open" }))).toBe(0);
  expect(await countUnread(agent, query({ q: "lamp" }))).toBe(0);
  const normal = query({ priorities: ["NORMAL"] });
  expect(await countUnread(agent, normal)).toBe(1);
  expect(await countUnread(agent, query({ priorities: ["HIGH"] }))).toBe(0);
  expect(await countUnread(agent, query({ tag: "none" }))).toBe(0);
  const { messageId } = first;
  await receiveOnTicket(rawMail({ inReplyTo: messageId, date: new Date(Date.now() + 1000) }));
  expect(await countUnread(agent, query({}))).toBe(2);
  expect(await countUnread(agent, normal)).toBe(2);
});

it("a moment is only what the database gave", async () => {
  expect(isMoment(await readMoment())).toBe(true);
  expect(isMoment("1795773091000~5:9:5,7")).toBe(true);
  for (const text of [
    "",
    "x",
    "1795773091000~9:5:",
    "1795773091000~5:9:7,5",
    "1795773091000~5:9:9",
  ])
    expect(isMoment(text), text).toBe(false);
  for (const text of [
    "1795773091000~0:1:",
    "1795773091000~5:9:5,,7",
    `1795773091000~1:${2n ** 63n}:`,
  ])
    expect(isMoment(text), text).toBe(false);
});
