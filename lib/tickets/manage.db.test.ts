import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createCustomer, createMessage, createTicket, createUser } from "../testing/factories";
import { receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import type { Actor } from "./access";
import { getConversation } from "./conversation";
import { mergeTicket } from "./merge";
import { listRelated, relateTickets, unrelateTickets } from "./related";
import { snoozeTicket, wakeTicket } from "./snooze-ticket";
import { TAGS_MAX, tagTicket, untagTicket } from "./tags";

useTestDatabase();

let agent: Actor;
let customer: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  customer = { id: (await createCustomer()).user.id, role: "CUSTOMER" };
});

const changes = async (ticketId: string) =>
  (
    await db().prisma.ticketEvent.findMany({
      where: { ticketId, kind: { not: "message" } },
      orderBy: { id: "asc" },
    })
  ).map(({ kind }) => kind);
const tagsOf = async (number: number) => (await getConversation(agent, number)).ticket.tags;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

describe("tags of a ticket", () => {
  it("are put on and taken off once, whatever their case", async () => {
    const { id, number } = await createTicket();
    await tagTicket(agent, { number, tag: " Big  order " });
    await tagTicket(agent, { number, tag: "BIG ORDER" });
    await tagTicket(agent, { number, tag: "api" });
    expect(await tagsOf(number)).toEqual(["api", "Big order"]);
    await untagTicket(agent, { number, tag: "big order" });
    await untagTicket(agent, { number, tag: "big order" });
    expect(await tagsOf(number)).toEqual(["api"]);
    expect(await changes(id)).toEqual(["tagged", "tagged", "untagged"]);
  });

  it("are twenty at most, and need a name", async () => {
    const { number } = await createTicket();
    for (let n = 0; n < TAGS_MAX; n++) await tagTicket(agent, { number, tag: `t${n}` });
    await expect(tagTicket(agent, { number, tag: "one more" })).rejects.toThrow(/at most 20/);
    await tagTicket(agent, { number, tag: "T3" });
    await expect(tagTicket(agent, { number, tag: "  " })).rejects.toThrow(/Type the name/);
    await expect(tagTicket(customer, { number, tag: "mine" })).rejects.toThrow(/Only agents/);
  });
});

describe("a ticket that sleeps", () => {
  it("is woken by its customer's mail, and by no robot's", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ messageId: "first@customer.test" }));
    const { number } = ticket;
    const asleep = async () => (await getConversation(agent, number)).ticket.snoozedUntil;
    const until = inHours(30);
    await snoozeTicket(agent, { number, until, zone: "Europe/Berlin" });
    await snoozeTicket(agent, { number, until, zone: "Europe/Berlin" });
    expect(await asleep()).toEqual(until);
    expect(await changes(ticket.id)).toEqual(["opened", "snoozed"]);

    const answer = { inReplyTo: "first@customer.test", subject: "Re: Hello" };
    await receiveOnTicket(rawMail({ ...answer, headers: ["Auto-Submitted: auto-replied"] }));
    expect(await asleep()).toEqual(until);
    const again = await receiveOnTicket(rawMail({ ...answer, text: "Any news?" }));
    expect(again.ticket.number).toBe(number);
    expect(await asleep()).toBeNull();
  });

  it("wakes by hand once, and is awake when its time has come", async () => {
    const { id, number } = await createTicket();
    await snoozeTicket(agent, { number, until: inHours(1), zone: "UTC" });
    await wakeTicket(agent, number);
    await wakeTicket(agent, number);
    expect(await changes(id)).toEqual(["snoozed", "woken"]);
    await db().prisma.ticket.update({ where: { id }, data: { snoozedUntil: inHours(-1) } });
    expect((await getConversation(agent, number)).ticket.snoozedUntil).toBeNull();
    await wakeTicket(agent, number);
    expect(await changes(id)).toHaveLength(2);
  });

  it("is open or pending", async () => {
    const { number } = await createTicket({ status: "SOLVED" });
    const nap = { until: inHours(1), zone: "UTC" };
    await expect(snoozeTicket(agent, { number, ...nap })).rejects.toThrow(/Only open and pending/);
    await expect(snoozeTicket(customer, { number, ...nap })).rejects.toThrow(/Only agents/);
  });
});

describe("related tickets", () => {
  it("name each other, once, until one says no more", async () => {
    const [a, b] = [await createTicket({ subject: "A" }), await createTicket({ subject: "B" })];
    const [number, other] = [a.number, b.number];
    await relateTickets(agent, { number, other });
    await relateTickets(agent, { number: other, other: number });
    expect(await listRelated(agent, a.id)).toEqual([
      { number: other, subject: "B", status: "OPEN" },
    ]);
    expect((await listRelated(agent, b.id)).map((one) => one.number)).toEqual([number]);
    await unrelateTickets(agent, { number: other, other: number });
    await unrelateTickets(agent, { number: other, other: number });
    expect(await listRelated(agent, a.id)).toEqual([]);
    expect(await changes(a.id)).toEqual(["related", "unrelated"]);
    expect(await changes(b.id)).toEqual(["related", "unrelated"]);
  });

  it("are others, that exist, twenty at most", async () => {
    const { number } = await createTicket();
    await expect(relateTickets(agent, { number, other: number })).rejects.toThrow(/to itself/);
    await expect(relateTickets(agent, { number, other: 999_999 })).rejects.toThrow(/no ticket/);
    await expect(relateTickets(customer, { number, other: 1 })).rejects.toThrow(/Only agents/);
    for (let n = 0; n < 20; n++)
      await relateTickets(agent, { number, other: (await createTicket()).number });
    const { number: other } = await createTicket();
    await expect(relateTickets(agent, { number, other })).rejects.toThrow(/20 tickets already/);
    await expect(relateTickets(agent, { number: other, other: number })).rejects.toThrow(
      `#${number} is related`,
    );
  });

  it("can be taken apart when the other was merged or deleted since", async () => {
    const [a, b, c] = [await createTicket(), await createTicket(), await createTicket()];
    await createMessage({ ticketId: b.id });
    await relateTickets(agent, { number: a.number, other: b.number });
    await relateTickets(agent, { number: a.number, other: c.number });
    await mergeTicket(agent, { from: b.number, into: c.number });
    await db().prisma.ticket.update({ where: { id: c.id }, data: { deletedAt: new Date() } });
    expect((await listRelated(agent, a.id)).map((one) => one.number)).toEqual([b.number]);
    await unrelateTickets(agent, { number: a.number, other: b.number });
    expect(await listRelated(agent, a.id)).toEqual([]);
  });
});
