import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { listen, type Notice } from "../db/listen";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createCustomer, createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import { listPresent, sayPresence } from "./presence";

useTestDatabase();

let anna: Actor;
let ben: Actor;
let ticket: { id: string; number: number };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  anna = { id: (await createUser({ name: "Anna" })).id, role: "AGENT" };
  ben = { id: (await createUser({ name: "Ben" })).id, role: "ADMIN" };
  ticket = await createTicket();
});

const say = (who: Actor, state: Parameters<typeof sayPresence>[1]["state"]) =>
  sayPresence(who, { number: ticket.number, state });
const seenBy = async (who: Actor) =>
  (await listPresent(who, ticket.number)).map(
    ({ name, isReplying }) => `${name} ${isReplying ? "replies" : "views"}`,
  );
const age = (seconds: number) =>
  db().prisma.$executeRaw`
    UPDATE "TicketPresence" SET "seenAt" = "seenAt" - make_interval(secs => ${seconds}),
      "replyingAt" = "replyingAt" - make_interval(secs => ${seconds})`;

describe("who else is at a ticket", () => {
  it("views or replies, and is gone when they leave", async () => {
    await say(anna, "viewing");
    expect(await seenBy(ben)).toEqual(["Anna views"]);
    expect(await seenBy(anna)).toEqual([]);
    await say(anna, "replying");
    // Another window of hers shows the same ticket.
    await say(anna, "viewing");
    expect(await seenBy(ben)).toEqual(["Anna replies"]);
    await say(anna, "stopped");
    expect(await seenBy(ben)).toEqual(["Anna views"]);
    await say(anna, "left");
    expect(await seenBy(ben)).toEqual([]);
  });

  it("counts for 45 seconds after the last word of their page", async () => {
    await say(anna, "replying");
    const [fresh] = await listPresent(ben, ticket.number);
    expect(fresh?.goodForMs).toBeGreaterThan(40_000);
    expect(fresh?.goodForMs).toBeLessThanOrEqual(45_000);
    await age(30);
    await say(anna, "viewing");
    await age(20);
    expect(await seenBy(ben)).toEqual(["Anna views"]);
    await age(30);
    expect(await seenBy(ben)).toEqual([]);
  });

  it("is told of when something is to be seen, and not with every beat", async () => {
    const heard: Notice[] = [];
    const stop = listen((notice) => {
      if (notice.topic !== "ticket") heard.push(notice);
    });
    await expect.poll(() => heard.length).toBe(1);
    const news = async (state: Parameters<typeof say>[1]) => {
      const before = heard.length;
      await say(anna, state);
      // What is sent on this connection is heard after it.
      await db().pool.query("SELECT pg_notify('mailroom', 'poll:end')");
      await expect.poll(() => heard.at(-1)?.topic).toBe("poll");
      const now = heard.slice(before, -1);
      heard.length = before;
      expect(now.every(({ topic, id }) => topic === "presence" && id === ticket.id)).toBe(true);
      return now.length;
    };
    expect(await news("viewing")).toBe(1);
    expect(await news("viewing")).toBe(0);
    expect(await news("replying")).toBe(1);
    expect(await news("replying")).toBe(0);
    expect(await news("viewing")).toBe(0);
    expect(await news("stopped")).toBe(1);
    expect(await news("stopped")).toBe(0);
    expect(await news("left")).toBe(1);
    expect(await news("left")).toBe(0);
    await age(60);
    expect(await news("viewing")).toBe(1);
    await age(60);
    expect(await news("viewing")).toBe(1);
    await stop();
  });

  it("is forgotten once they are gone", async () => {
    await say(anna, "viewing");
    await age(50);
    await say(ben, "viewing");
    expect(await db().prisma.ticketPresence.findMany({ select: { userId: true } })).toEqual([
      { userId: ben.id },
    ]);
  });

  it("is no customer, and nobody at a ticket that is gone", async () => {
    const customer = { id: (await createCustomer()).user.id, role: "CUSTOMER" } as const;
    await expect(say(customer, "viewing")).rejects.toThrow(/Only agents/);
    await expect(listPresent(customer, ticket.number)).rejects.toThrow(/Only agents/);
    await db().prisma.ticket.update({ where: { id: ticket.id }, data: { deletedAt: new Date() } });
    await expect(say(anna, "viewing")).rejects.toThrow(/no ticket/);
    await expect(listPresent(anna, ticket.number)).rejects.toThrow(/no ticket/);
  });
});
