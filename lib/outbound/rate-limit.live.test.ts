import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createMessage, createOutbound, createTicket, createUser } from "../testing/factories";
import { connectAccount } from "../testing/pipeline";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { getConversation } from "../tickets/conversation";
import { deliverDue } from "./deliver";
import { MAILS_PER_MINUTE } from "./rate-limit";

useTestDatabase();

let smtp: ScriptedSmtp;
beforeAll(async () => {
  smtp = await startScriptedSmtp();
});
afterAll(() => smtp?.close());
beforeEach(() => emptyDatabase(db().pool));

/** So many mails that are due, on one ticket of this account. @returns the ticket's number. */
async function queue(count: number, accountId: string): Promise<number> {
  const ticket = await createTicket();
  const recipients = [{ address: "ann@customer.test", status: "queued", response: null }];
  const giveUpAt = new Date(Date.now() + 3600_000);
  for (let n = 0; n < count; n++) {
    const fields = { kind: "OUTBOUND", ticketId: ticket.id, text: "Hi", newText: "Hi" } as const;
    const { id } = await createMessage({
      ...fields,
      ...{ fromAddress: "support@example.test", subject: "Lamps" },
      toAddresses: [{ name: "Ann", address: "ann@customer.test" }],
    });
    const nextAttemptAt = new Date(Date.now() - 60_000);
    await createOutbound({ messageRowId: id, accountId, recipients, nextAttemptAt, giveUpAt });
  }
  return ticket.number;
}

const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

describe("an account with more than it may send in a minute", () => {
  it("sends 30, holds up no other account, and sends the rest when the minute is over", async () => {
    const ports = { smtpPort: smtp.port, imapPort: 1 };
    const busy = await connectAccount(ports, { email: "busy@example.test" });
    const number = await queue(MAILS_PER_MINUTE + 5, busy.id);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 30 });
    expect(smtp.mails).toHaveLength(30);

    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const { items } = await getConversation(agent, number);
    const deliveries = items.flatMap((item) =>
      item.type === "message" ? item.message.deliveries : [],
    );
    const held = deliveries.filter(({ isHeldUp }) => isHeldUp);
    expect(held.map(({ status }) => status)).toEqual(Array(5).fill("QUEUED"));

    const calm = await connectAccount(ports, { email: "calm@example.test", isDefault: false });
    await queue(2, calm.id);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 2 });

    // A minute later, by the database's clock.
    await db().pool.query(
      `UPDATE "OutboundEmail" SET "sentAt" = "sentAt" - interval '1 minute' WHERE "accountId" = $1`,
      [busy.id],
    );
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 5 });
    expect(smtp.mails).toHaveLength(37);
  });
});
