import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createMessage, createOutbound, createTicket } from "../testing/factories";
import { type ClaimedDelivery, claimDelivery, finishAndClaim } from "./delivery-claims";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const claimant = { owner: "test", leaseSeconds: 60 };
const accepted = { status: "SENT", response: "250", error: null, fix: null } as const;

/** Due mails, the first one longest: of these accounts and tickets, in this order. */
async function queue(mails: { accountId: string; ticketId: string }[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [n, { accountId, ticketId }] of mails.entries()) {
    const { id: messageRowId } = await createMessage({ kind: "OUTBOUND", ticketId });
    const recipients = [{ address: "ann@customer.test", status: "queued", response: null }];
    const nextAttemptAt = new Date(Date.now() - 60_000 + n * 1_000);
    const giveUpAt = new Date(Date.now() + 3600_000);
    const due = { messageRowId, accountId, recipients, nextAttemptAt, giveUpAt };
    ids.push((await createOutbound(due)).id);
  }
  return ids;
}

/** The one after `delivery`, which was accepted. */
function next(delivery: ClaimedDelivery | null, mailsPerMinute: number | null = null) {
  if (!delivery?.accountId) throw new Error("Nothing was claimed.");
  const { accountId } = delivery;
  const recipients = [{ address: "ann@customer.test", status: "accepted" as const, response: "" }];
  return finishAndClaim(
    delivery,
    { ...accepted, recipients },
    { claimant, accountId, mailsPerMinute },
  );
}

describe("an account's mails in a row", () => {
  it("are those of the account, the longest due first, also of the ticket just written to", async () => {
    const [one, other] = [await createAccount(), await createAccount()];
    const [lamp, saw] = [await createTicket(), await createTicket()];
    const [first, second, theirs, third] = await queue([
      { accountId: one.id, ticketId: lamp.id },
      { accountId: one.id, ticketId: lamp.id },
      { accountId: other.id, ticketId: saw.id },
      { accountId: one.id, ticketId: saw.id },
    ]);
    const claimed = await claimDelivery(claimant);
    expect(claimed?.id).toBe(first);
    const after = await next(claimed);
    expect(after).toMatchObject({ id: second, ticketId: lamp.id, attempts: 1, token: 1n });
    expect(after?.accountUpdatedAt).toEqual(one.updatedAt);
    const last = await next(after);
    expect(last?.id).toBe(third);
    expect(await next(last)).toBeNull();
    const rows = await db().prisma.outboundEmail.findMany({ orderBy: { nextAttemptAt: "asc" } });
    const sent = rows.filter(({ status }) => status === "SENT").map(({ id }) => id);
    expect(sent.sort()).toEqual([first, second, third].sort());
    expect(rows.find(({ status }) => status === "QUEUED")?.id).toBe(theirs);
  });

  it("wait while another of their ticket is being sent, and no other does", async () => {
    const account = await createAccount();
    const [lamp, saw] = [await createTicket(), await createTicket()];
    const [first, , , fourth] = await queue([
      { accountId: account.id, ticketId: saw.id },
      { accountId: account.id, ticketId: lamp.id },
      { accountId: account.id, ticketId: lamp.id },
      { accountId: account.id, ticketId: saw.id },
    ]);
    const claimed = await claimDelivery(claimant);
    expect(claimed?.id).toBe(first);
    await db().pool.query(
      `UPDATE "OutboundEmail" SET "status" = 'SENDING', "leaseUntil" = now() + interval '1 minute'
       WHERE "id" = (SELECT o."id" FROM "OutboundEmail" o JOIN "Message" m ON m."id" = o."messageRowId"
         WHERE m."ticketId" = $1 ORDER BY o."nextAttemptAt" LIMIT 1)`,
      [lamp.id],
    );
    expect((await next(claimed))?.id).toBe(fourth);
  });

  it("end where the provider's limit does, the one just sent counted", async () => {
    const account = await createAccount();
    const ticket = await createTicket();
    await queue(Array(4).fill({ accountId: account.id, ticketId: ticket.id }));
    const second = await next(await claimDelivery(claimant), 2);
    expect(second).not.toBeNull();
    expect(await next(second, 2)).toBeNull();
  });

  it("end for who lost the lease as for anybody, and what somebody else did stays", async () => {
    const account = await createAccount();
    const ticket = await createTicket();
    const [first, second] = await queue(
      Array(2).fill({ accountId: account.id, ticketId: ticket.id }),
    );
    const claimed = await claimDelivery(claimant);
    await db().pool.query(
      `UPDATE "OutboundEmail" SET "leaseToken" = "leaseToken" + 1, "status" = 'UNKNOWN' WHERE "id" = $1`,
      [first],
    );
    expect((await next(claimed))?.id).toBe(second);
    const row = await db().prisma.outboundEmail.findUniqueOrThrow({ where: { id: first ?? "" } });
    expect(row).toMatchObject({ status: "UNKNOWN", sentAt: null });
  });
});

describe("claims beside a long queue", () => {
  it("pass an account that sends as often as it may", async () => {
    const [busy, idle] = [await createAccount(), await createAccount()];
    const ticket = await createTicket();
    const tickets = await Promise.all([createTicket(), createTicket()]);
    const ids = await queue([
      { accountId: busy.id, ticketId: ticket.id },
      ...tickets.map(({ id }) => ({ accountId: busy.id, ticketId: id })),
      { accountId: idle.id, ticketId: (await createTicket()).id },
    ]);
    expect((await claimDelivery(claimant))?.id).toBe(ids[0]);
    expect((await claimDelivery(claimant))?.id).toBe(ids[3]);
    expect(await claimDelivery(claimant)).toBeNull();
  });
});
