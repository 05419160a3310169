import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createMessage,
  createOutbound,
  createTicket,
  createUser,
} from "../testing/factories";
import { getConversation } from "../tickets/conversation";
import { claimDelivery, finishDelivery } from "./delivery-claims";

useTestDatabase();

beforeEach(() => emptyDatabase(db().pool));

/** So many mails that are due, on one ticket of an account with this server. */
async function queue(count: number, smtpHost: string) {
  const account = await createAccount({ smtpHost });
  const ticket = await createTicket();
  const recipients = [{ address: "ann@customer.test", status: "queued", response: null }];
  for (let n = 0; n < count; n++) {
    const { id } = await createMessage({ kind: "OUTBOUND", ticketId: ticket.id });
    const nextAttemptAt = new Date(Date.now() - 60_000);
    const giveUpAt = new Date(Date.now() + 3600_000);
    await createOutbound({
      ...{ messageRowId: id, accountId: account.id, recipients, nextAttemptAt, giveUpAt },
    });
  }
  return { number: ticket.number };
}

/** Sends what may be sent, up to `max`. @returns how many. */
async function send(max = 1000): Promise<number> {
  for (let sent = 0; sent < max; sent++) {
    const delivery = await claimDelivery({ owner: "test", leaseSeconds: 60 });
    if (!delivery) return sent;
    const end = {
      status: "SENT",
      recipients: [],
      response: "250",
      error: null,
      fix: null,
    } as const;
    await finishDelivery(delivery, { ...end, recipients: [] });
  }
  return max;
}

describe("an account whose provider takes 30 mails a minute", () => {
  it.each(["smtp.office365.com", "SMTP-Mail.outlook.com"])(
    "%s sends 30, holds up no other account, and sends the rest when the minute is over",
    async (host) => {
      const { number } = await queue(35, host);
      expect(await send()).toBe(30);

      const agent = { id: (await createUser()).id, role: "AGENT" as const };
      const { items } = await getConversation(agent, number);
      const deliveries = items.flatMap((item) =>
        item.type === "message" ? item.message.deliveries : [],
      );
      const held = deliveries.filter(({ isHeldUp }) => isHeldUp);
      expect(held.map(({ status }) => status)).toEqual(Array(5).fill("QUEUED"));

      await queue(2, "mail.example.test");
      expect(await send()).toBe(2);

      // A minute later, by the database's clock.
      await db().pool.query(`UPDATE "OutboundEmail" SET "sentAt" = "sentAt" - interval '1 minute'`);
      expect(await send()).toBe(5);
    },
  );

  it("gets one connection only, also when its server has just taken a mail", async () => {
    await queue(1, "smtp.office365.com");
    const { number: _number } = await queue(1, "mail.example.test");
    expect(await send()).toBe(2);
    const rows = await db().prisma.outboundEmail.findMany({ select: { accountId: true } });
    for (const { accountId } of rows) for (let n = 0; n < 5; n++) await queueOn(accountId ?? "");
    const claimed: (string | null)[] = [];
    for (let n = 0; n < 10; n++) {
      const delivery = await claimDelivery({ owner: "test", leaseSeconds: 60 });
      if (delivery) claimed.push(delivery.accountId);
    }
    const counts = rows.map(({ accountId }) => claimed.filter((id) => id === accountId).length);
    const hosts = await db().prisma.emailAccount.findMany({ select: { id: true, smtpHost: true } });
    const limited = hosts.findIndex(({ smtpHost }) => smtpHost === "smtp.office365.com");
    expect(Object.fromEntries(rows.map((row, n) => [row.accountId, counts[n]]))).toEqual({
      [hosts[limited]?.id ?? ""]: 1,
      [hosts[1 - limited]?.id ?? ""]: 3,
    });
  });
});

describe("an account at another server", () => {
  it("sends all it has: the server says itself when it is too much", async () => {
    await queue(35, "mail.example.test");
    expect(await send()).toBe(35);
  });
});

/** One more that is due, on a ticket of its own. */
async function queueOn(accountId: string): Promise<void> {
  const { id } = await createMessage({ kind: "OUTBOUND", ticketId: (await createTicket()).id });
  const recipients = [{ address: "ann@customer.test", status: "queued", response: null }];
  const times = { nextAttemptAt: new Date(0), giveUpAt: new Date(Date.now() + 3600_000) };
  await createOutbound({ messageRowId: id, accountId, recipients, ...times });
}
