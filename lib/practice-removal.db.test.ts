import { beforeEach, describe, expect, it } from "vitest";
import { db } from "./db/client";
import { listen, type Notice } from "./db/listen";
import { PRACTICE_ADDRESS } from "./practice-address";
import { countSamples, isPracticeRemoved, removePractice } from "./practice-removal";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  createAccount,
  createMessage,
  createOutbound,
  createReceipt,
  createTicket,
  createUser,
} from "./testing/factories";
import type { Actor } from "./tickets/access";
import { listTickets } from "./tickets/list";
import { EVERY_OPEN_TICKET } from "./tickets/query";

useTestDatabase();

let admin: Actor;
let practiceId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  admin = await createUser({ role: "ADMIN" });
  const account = await createAccount({ email: PRACTICE_ADDRESS, isDefault: true });
  practiceId = account.id;
});

const sample = () => createTicket({ accountId: practiceId });

describe("removing the sample tickets", () => {
  it("deletes the practice account and its tickets, and leaves all others", async () => {
    const own = await createAccount();
    const samples = [await sample(), await sample()];
    const real = await createTicket({ accountId: own.id });
    expect(await countSamples()).toBe(2);
    expect(await isPracticeRemoved()).toBe(false);
    const result = await removePractice(admin);
    expect(result).toEqual({ tickets: 2, newDefault: own.email });
    const shown = await listTickets(admin, { ...EVERY_OPEN_TICKET, view: "all" });
    expect(shown.rows.map(({ number }) => number)).toEqual([real.number]);
    expect(await db().prisma.emailAccount.findMany({ select: { id: true } })).toEqual([
      { id: own.id },
    ]);
    const events = await db().prisma.ticketEvent.findMany({
      select: { ticketId: true, actorId: true, kind: true, data: true },
      orderBy: { ticketId: "asc" },
    });
    expect(events).toEqual(
      samples
        .map(({ id }) => id)
        .sort()
        .map((ticketId) => ({
          ticketId,
          actorId: admin.id,
          kind: "deleted",
          data: { why: "the sample tickets were removed" },
        })),
    );
    expect(await isPracticeRemoved()).toBe(true);
    expect(await countSamples()).toBeNull();
  });

  it("makes no ticket of mail that waits, and ends nothing that has ended", async () => {
    const other = await createAccount();
    const waiting = await createReceipt({ accountId: practiceId });
    const held = await createReceipt({ accountId: practiceId, status: "HELD" });
    const processed = await createReceipt({ accountId: practiceId, status: "PROCESSED" });
    const elsewhere = await createReceipt({ accountId: other.id });
    await removePractice(admin);
    const statusOf = async ({ id }: { id: string }) =>
      (await db().prisma.inboundEmail.findUniqueOrThrow({ where: { id } })).status;
    expect(await statusOf(waiting)).toBe("IGNORED");
    expect(await statusOf(held)).toBe("IGNORED");
    expect(await statusOf(processed)).toBe("PROCESSED");
    expect(await statusOf(elsewhere)).toBe("PENDING");
  });

  it("sends a waiting answer to a sample from no other account", async () => {
    await createAccount();
    const message = await createMessage({ ticketId: (await sample()).id, kind: "OUTBOUND" });
    const delivery = await createOutbound({ accountId: practiceId, messageRowId: message.id });
    await removePractice(admin);
    const row = await db().prisma.outboundEmail.findUniqueOrThrow({ where: { id: delivery.id } });
    expect(row.accountId).toBeNull();
  });

  it("tells open pages", async () => {
    await sample();
    const heard: Notice[] = [];
    const stop = listen((notice) => heard.push(notice));
    await expect.poll(() => heard.map(({ topic }) => topic)).toContain("resync");
    await removePractice(admin);
    await expect.poll(() => heard.map(({ topic }) => topic)).toContain("ticket");
    await expect.poll(() => heard.map(({ topic }) => topic)).toContain("account");
    await stop();
  });

  it("is for admins, and for once", async () => {
    await sample();
    const agent = await createUser({ role: "AGENT" });
    await expect(removePractice(agent)).rejects.toMatchObject({ code: "forbidden" });
    expect(await countSamples()).toBe(1);
    await removePractice(admin);
    await expect(removePractice(admin)).rejects.toMatchObject({ code: "not-found" });
  });
});
