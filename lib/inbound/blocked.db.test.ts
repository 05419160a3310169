import { beforeEach, describe, expect, it } from "vitest";
import { createAccount } from "../accounts/create";
import { blockByHand } from "../blocked-senders";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { OWNER, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { listTickets, viewCounts } from "../tickets/list";
import { EVERY_OPEN_TICKET } from "../tickets/query";
import { replyToTicket } from "../tickets/reply";
import { markSpam } from "../tickets/spam";

useTestDatabase();

const EVE = "Eve <eve@evil.test>";
const VOUCHED = "Authentication-Results: mx.example.test; dmarc=pass";

let agent: { id: string; role: "AGENT" };
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  const account = await createAccount(OWNER, {
    ...{
      email: "support@example.test",
      smtpHost: "smtp.example.test",
      imapHost: "imap.example.test",
    },
    ...{ smtpUsername: "support@example.test", smtpPassword: "pw", autoAckEnabled: true },
  });
  accountId = account.id;
});

const receive = (fields: Parameters<typeof rawMail>[0]) =>
  receiveOnTicket(rawMail({ headers: [VOUCHED], ...fields }), { accountId });
const acknowledgements = () =>
  db().prisma.message.count({ where: { automaticKind: "acknowledgement" } });

/** Eve has written, an agent has answered and blocked her since. */
async function answeredThenBlocked() {
  const first = await receive({ from: EVE, messageId: "first@evil.test" });
  const { messageRowId } = await replyToTicket(agent, { number: first.ticket.number, text: "No." });
  await blockByHand(agent, "evil.test");
  const reply = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
  return { number: first.ticket.number, id: first.ticket.id, replyId: reply.messageId ?? "" };
}

describe("mail of a blocked sender", () => {
  it("becomes a ticket in spam that says why, is not acknowledged and is in no other view", async () => {
    await blockByHand(agent, "evil.test");
    const { ticket, message, reason } = await receive({ from: EVE, subject: "Pills" });
    expect(ticket).toMatchObject({ isSpam: true, status: "OPEN", subject: "Pills" });
    expect(message.reason).toBe(`New ticket #${ticket.number} in spam: its sender is blocked`);
    expect(reason).toBe(message.reason);
    expect(await acknowledgements()).toBe(0);
    expect(await viewCounts(agent)).toMatchObject({
      ...{ spam: 1, all: 0, unassigned: 0, "all-open": 0, automatic: 0 },
    });
    const { rows } = await listTickets(agent, { ...EVERY_OPEN_TICKET, view: "spam" });
    expect(rows.map(({ number }) => number)).toEqual([ticket.number]);
  });

  it("is kept whole, and awaits us like any other once it is no spam", async () => {
    await blockByHand(agent, "eve@evil.test");
    const { ticket, message } = await receive({ from: EVE, text: "Buy this" });
    expect(message).toMatchObject({ text: "Buy this", fromAddress: "eve@evil.test" });
    await markSpam(agent, ticket.number, false);
    const { rows } = await listTickets(agent, EVERY_OPEN_TICKET);
    expect(rows).toMatchObject([{ number: ticket.number, awaitingUs: true, isUnread: true }]);
  });

  it("joins no ticket outside of spam, whatever it names, and says which one it names", async () => {
    const { number, id, replyId } = await answeredThenBlocked();
    await db().prisma.ticket.update({ where: { id }, data: { status: "SOLVED" } });
    const answer = await receive({ from: EVE, inReplyTo: replyId });
    expect(answer.ticket).toMatchObject({ isSpam: true, possibleReplyTo: { number } });
    expect(answer.message.reason).toMatch(
      new RegExp(
        `^New ticket #${answer.ticket.number} in spam, possible reply to #${number}: In-Reply-To names the reply sent on .*, but its sender is blocked$`,
      ),
    );
    const bySubject = await receive({ from: EVE, subject: `Re: [#${number}]` });
    expect(bySubject.ticket).toMatchObject({ isSpam: true, possibleReplyTo: { number } });
    const again = await receive({ from: EVE, messageId: "first@evil.test", text: "Other words" });
    expect(again.ticket.isSpam).toBe(true);
    const after = await db().prisma.ticket.findUniqueOrThrow({ where: { id } });
    expect(after).toMatchObject({ status: "SOLVED", isSpam: false, messageCount: 3 });
  });

  it("joins its own ticket in spam", async () => {
    const { number, replyId } = await answeredThenBlocked();
    await markSpam(agent, number, true);
    const { ticket } = await receive({ from: EVE, inReplyTo: replyId });
    expect(ticket).toMatchObject({ number, isSpam: true });
    expect(await db().prisma.ticket.count()).toBe(1);
  });

  it("does not touch the mail of others, on the same ticket either", async () => {
    const { number, replyId } = await answeredThenBlocked();
    const other = await receive({ from: "Adam <adam@customer.test>", inReplyTo: replyId });
    expect(other.ticket).toMatchObject({ number, isSpam: false });
    const own = await receive({ from: "Adam <adam@customer.test>" });
    expect(own.ticket.isSpam).toBe(false);
    expect(own.message.reason).toBe(`New ticket #${own.ticket.number}`);
  });
});

describe("the mail server's own verdict", () => {
  it("is a hint on the mail, and no acknowledgement follows", async () => {
    const { ticket, message } = await receive({ headers: [VOUCHED, "X-Spam-Flag: YES"] });
    expect(ticket.isSpam).toBe(false);
    expect(message.spamVerdict).toBe("X-Spam-Flag: YES");
    expect(await acknowledgements()).toBe(0);
    const clean = await receive({ headers: [VOUCHED, "X-Spam-Flag: NO"] });
    expect(clean.message.spamVerdict).toBeNull();
    expect(await acknowledgements()).toBe(1);
  });
});
