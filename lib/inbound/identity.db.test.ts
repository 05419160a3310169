import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createUser } from "../testing/factories";
import { receive, receiveOnTicket } from "../testing/pipeline";
import { nextMessageId, type RawMail, rawMail } from "../testing/raw-mail";
import { changeStatus } from "../tickets/status";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const LETTER = "Hello,\n\nthe lamp in room 4 flickers at night. Could you come?\n\nAnn";
const DATE = new Date(Date.now() - 60_000);

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
});

/** Ann's letter, solved since; and another mail made from it. */
async function afterLetter(fields: RawMail) {
  const messageId = nextMessageId();
  const letter = { from: ANN, subject: "The lamp", text: LETTER, date: DATE, messageId };
  const first = await receiveOnTicket(rawMail(letter));
  await changeStatus(agent, first.ticket.number, "SOLVED");
  const other = await receive(rawMail({ ...letter, ...fields }));
  const ticket = await db().prisma.ticket.findUniqueOrThrow({ where: { id: first.ticket.id } });
  return { first: ticket, other };
}

const messages = () => db().prisma.message.count();

/** A multipart mail of a text and an HTML. */
function withHtml(text: string, html: string): Pick<RawMail, "headers" | "text"> {
  return {
    headers: ["MIME-Version: 1.0", 'Content-Type: multipart/alternative; boundary="b"'],
    text: [
      ...["--b", "Content-Type: text/plain; charset=utf-8", "", text, ""],
      ...["--b", "Content-Type: text/html; charset=utf-8", "", html, "", "--b--"],
    ].join("\n"),
  };
}

describe("one mail", () => {
  it("to two of our accounts is one message with two receipts", async () => {
    const raw = rawMail({ from: ANN, to: "support@example.test, sales@example.test" });
    const first = await receiveOnTicket(`Delivered-To: support@example.test\r\n${raw}`);
    const { id: accountId } = await createAccount({ email: "sales@example.test" });
    const again = await receive(`Delivered-To: sales@example.test\r\n${raw}`, { accountId });
    expect(again).toMatchObject({ status: "DUPLICATE", message: { id: first.message.id } });
    expect(
      await db().prisma.inboundEmail.count({ where: { messageRowId: first.message.id } }),
    ).toBe(2);
  });

  it.each([
    ["redirected by its recipient", { headers: ["Resent-From: <bo@elsewhere.test>"] }],
    ["passed on by a server", { headers: ["Received: from a by b; Mon, 5 Jan 2026 10:00 +0000"] }],
    ["with its lines wrapped anew", { text: LETTER.replaceAll(" ", "\n") }],
    ["with its name left out", { from: "ann@customer.test" }],
  ])("that comes again %s is the same mail", async (_how, fields) => {
    const { other } = await afterLetter(fields);
    expect(other.status).toBe("DUPLICATE");
    expect(await messages()).toBe(1);
  });

  it("whose HTML was rendered anew on the way is the same mail", async () => {
    const messageId = nextMessageId();
    const mail = { from: ANN, subject: "The lamp", date: DATE, messageId };
    await receiveOnTicket(rawMail({ ...mail, ...withHtml(LETTER, "<p>the lamp</p>") }));
    const again = withHtml(LETTER, "<div style='x'><span>the lamp</span></div>");
    expect(await receive(rawMail({ ...mail, ...again }))).toMatchObject({ status: "DUPLICATE" });
  });
});

describe("the same Message-ID and sender with other content", () => {
  it.each([
    ["a list's footer", { text: `${LETTER}\n_____\nOur list` }],
    ["a gateway's banner in the text", { text: `CAUTION: external sender.\n\n${LETTER}` }],
    ["a gateway's banner in the subject", { subject: "[EXTERNAL] The lamp" }],
  ])("by %s is a second message, quietly", async (_how, fields) => {
    const { first, other } = await afterLetter(fields);
    expect(other).toMatchObject({
      ...{ status: "PROCESSED", outcome: "message", ticket: { number: first.number } },
      reason: `Added to #${first.number}: the same mail by its Message-ID and sender, with other content`,
    });
    expect(first.status).toBe("SOLVED");
    expect(await messages()).toBe(2);
  });

  it.each([
    ["another text", { text: "My invoice of May is wrong. Please send a new one." }],
    [
      "another file",
      {
        headers: ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"'],
        text: [
          ...["--b", "Content-Type: text/plain", "", LETTER, ""],
          ...["--b", "Content-Type: application/pdf", "", "%PDF scan 2", "", "--b--"],
        ].join("\n"),
      },
    ],
  ])("used again for %s is no copy: somebody must act on it", async (_what, fields) => {
    const { first, other } = await afterLetter(fields);
    expect(other).toMatchObject({ outcome: "message", ticket: { number: first.number } });
    expect(other.reason).toBe(
      `Added to #${first.number}: another mail of the same sender with the same Message-ID`,
    );
    expect(first).toMatchObject({ status: "OPEN", awaitingUs: true });
  });

  it("used again by somebody else is another mail", async () => {
    const { first, other } = await afterLetter({ from: "mal@elsewhere.test" });
    expect(other.ticket?.number).not.toBe(first.number);
  });
});

describe("the same words in another mail", () => {
  it("sent once more by their writer are a mail of their own", async () => {
    const { other } = await afterLetter({ messageId: "sent-again@customer.test" });
    expect(other).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });

  it("forwarded by somebody else are a mail of their own", async () => {
    const { first, other } = await afterLetter({
      ...{
        from: "bo@elsewhere.test",
        messageId: "forward@elsewhere.test",
        subject: "Fwd: The lamp",
      },
      text: `See below.\n\n---------- Forwarded message ---------\nFrom: ${ANN}\n\n${LETTER}`,
    });
    expect(other).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
    expect(other.ticket?.number).not.toBe(first.number);
  });
});
