import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setActive } from "../accounts/polling";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createOutbound, createUser } from "../testing/factories";
import { startFaultProxy } from "../testing/fault-proxy";
import { connectAccount, OWNER, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { replyToTicket } from "../tickets/reply";
import { deliverDue } from "./deliver";
import { claimDelivery } from "./delivery-claims";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

let smtp: ScriptedSmtp;
let accountId = "";
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  smtp = await startScriptedSmtp();
});
afterAll(() => smtp?.close());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  smtp.mails.length = 0;
  ({ id: accountId } = await connectAccount({ smtpPort: smtp.port, imapPort: 1 }));
  agent = { id: (await createUser()).id, role: "AGENT" };
});

/** A ticket of Ann's that an agent has answered. @returns the delivery's id. */
async function answered(): Promise<string> {
  const { ticket } = await receiveOnTicket(rawMail({ from: ANN }), { accountId });
  const reply = { number: ticket.number, text: "Have you tried another bulb?" };
  const { messageRowId } = await replyToTicket(agent, reply);
  return (await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } })).id;
}

const row = (id: string) => db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } });
const sentIds = () => smtp.mails.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]);

describe("mails of one account in a row", () => {
  /** The account's server behind a proxy, and so many answered tickets. */
  async function behindProxy(count: number) {
    const proxy = await startFaultProxy(smtp.port);
    await db().prisma.emailAccount.update({
      where: { id: accountId },
      data: { smtpPort: proxy.port },
    });
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await answered());
    return { proxy, ids };
  }

  it("go over one connection, each once and in their order", async () => {
    const { proxy, ids } = await behindProxy(5);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 5 });
    expect(proxy.accepted()).toBe(1);
    const rows = await Promise.all(ids.map(row));
    expect(sentIds()).toEqual(rows.map(({ messageId }) => `<${messageId}>`));
    await proxy.close();
  });

  it("leave as the account is set by then", async () => {
    const { proxy, ids } = await behindProxy(2);
    const first = await claimDelivery({ owner: "test", leaseSeconds: 30 });
    expect(first?.id).toBe(ids[0]);
    await setActive(OWNER, accountId, false);
    await db().pool.query(`UPDATE "OutboundEmail" SET "status" = 'QUEUED'`);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 2 });
    expect(smtp.mails).toEqual([]);
    await proxy.close();
  });

  it("are unknown where their answer is lost, and only those", async () => {
    const { proxy, ids } = await behindProxy(3);
    const [, second = ""] = ids;
    proxy.set({ loseAnswerTo: /second answer.*\r\n\.\r\n$/s });
    await db().pool.query(
      `UPDATE "Message" SET "text" = 'second answer' WHERE "id" = (SELECT "messageRowId" FROM "OutboundEmail" WHERE "id" = $1)`,
      [second],
    );
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 2, unknown: 1 });
    const states = await Promise.all(ids.map(row));
    expect(states.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["SENT", 1],
      ["UNKNOWN", 1],
      ["SENT", 1],
    ]);
    expect(smtp.mails).toHaveLength(3);
    await proxy.close();
  });

  it("of one ticket wait for each other, and other tickets' do not wait", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }), { accountId });
    for (const text of ["One.", "Two."])
      await replyToTicket(agent, { number: ticket.number, text });
    const other = await answered();
    // Its server has just taken a mail, so it may be sent to over more than one connection.
    await createOutbound({ accountId, status: "SENT", sentAt: new Date() });
    const claimant = { owner: "test", leaseSeconds: 30 };
    const claimed = [await claimDelivery(claimant), await claimDelivery(claimant)];
    expect(claimed.map((delivery) => delivery?.id)).toContain(other);
    expect(claimed[0]?.ticketId).toBe(ticket.id);
    expect(await claimDelivery(claimant)).toBeNull();
  });
});
