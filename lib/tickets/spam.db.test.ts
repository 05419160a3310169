import { beforeEach, describe, expect, it } from "vitest";
import { findBlock } from "../blocked-senders";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createMessage, createTicket, createUser } from "../testing/factories";
import { describeEvent } from "./describe-event";
import { blockSenderOf, markSpam, spamChoices, unblockSenderOf } from "./spam";

useTestDatabase();

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ email: "nora@desk.example" })).id, role: "AGENT" };
});

async function ticketFrom(fromAddress: string | null, fields: { isSpam?: boolean } = {}) {
  const ticket = await createTicket(fields);
  await createMessage({ ticketId: ticket.id, fromAddress });
  return ticket;
}

async function historyOf(ticketId: string): Promise<string[]> {
  const events = await db().prisma.ticketEvent.findMany({
    where: { ticketId, actorId: agent.id },
    orderBy: { createdAt: "asc" },
  });
  return events.map((event) => describeEvent(event, new Map()));
}

const isSpam = async (id: string) =>
  (await db().prisma.ticket.findUniqueOrThrow({ where: { id } })).isSpam;

describe("a ticket", () => {
  it("goes into spam and comes back, its status as it was", async () => {
    const { id, number } = await createTicket({ status: "PENDING" });
    await markSpam(agent, number, true);
    expect(await isSpam(id)).toBe(true);
    await markSpam(agent, number, true);
    await markSpam(agent, number, false);
    expect(await isSpam(id)).toBe(false);
    expect(await historyOf(id)).toEqual(["Marked as spam", "Marked as not spam"]);
    const after = await db().prisma.ticket.findUniqueOrThrow({ where: { id } });
    expect(after.status).toBe("PENDING");
  });

  it("that never was spam keeps one agent's word that it is none", async () => {
    const { id, number } = await createTicket();
    await markSpam(agent, number, false);
    await markSpam(agent, number, false);
    expect(await historyOf(id)).toEqual(["Marked as not spam"]);
  });

  it("is no customer's to judge", async () => {
    const { number } = await createTicket();
    const customer = { id: agent.id, role: "CUSTOMER" as const };
    await expect(markSpam(customer, number, true)).rejects.toMatchObject({ code: "forbidden" });
    await expect(markSpam(agent, 999, true)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the sender of a ticket", () => {
  it("is blocked by address or by the domain of their organisation, and unblocked", async () => {
    const ticket = await ticketFrom("eve@mail.evil.test", { isSpam: true });
    const { number } = ticket;
    const choices = { address: "eve@mail.evil.test", domain: "evil.test" };
    expect(await spamChoices(agent, ticket)).toMatchObject({ blocked: null, ...choices });

    expect(await blockSenderOf(agent, { number, what: "address" })).toBe("eve@mail.evil.test");
    expect(await blockSenderOf(agent, { number, what: "domain" })).toBe("evil.test");
    const none = { address: null, domain: null };
    expect(await spamChoices(agent, ticket)).toMatchObject({
      blocked: "eve@mail.evil.test",
      ...none,
    });

    expect(await unblockSenderOf(agent, number)).toBe("eve@mail.evil.test");
    expect(await spamChoices(agent, ticket)).toMatchObject({ blocked: "evil.test", ...none });
    expect(await unblockSenderOf(agent, number)).toBe("evil.test");
    expect(await findBlock(db().prisma, "eve@mail.evil.test")).toBeNull();
    await expect(unblockSenderOf(agent, number)).rejects.toMatchObject({ code: "conflict" });
    expect(await historyOf(ticket.id)).toEqual([
      "Mail from eve@mail.evil.test blocked",
      "Mail from evil.test blocked",
      "Mail from eve@mail.evil.test no longer blocked",
      "Mail from evil.test no longer blocked",
    ]);
  });

  it.each([
    ["at a domain of everybody, by address only", "eve@gmail.com", "eve@gmail.com"],
    ["who signs in here, not at all", "nora@desk.example", null],
    ["who is unknown, not at all", null, null],
  ])("%s", async (_what, from, address) => {
    const ticket = await ticketFrom(from, { isSpam: true });
    expect(await spamChoices(agent, ticket)).toMatchObject({
      blocked: null,
      address,
      domain: null,
    });
    const refused = blockSenderOf(agent, { number: ticket.number, what: "domain" });
    await expect(refused).rejects.toMatchObject({ code: "conflict" });
    expect(await db().prisma.blockedSender.count()).toBe(0);
  });

  it("is not offered to be blocked outside of spam", async () => {
    const ticket = await ticketFrom("eve@evil.test");
    const none = { blocked: null, address: null, domain: null };
    expect(await spamChoices(agent, ticket)).toMatchObject(none);
  });
});
