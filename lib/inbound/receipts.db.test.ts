import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  at,
  createAccount,
  createMessage,
  createReceipt,
  createTicket,
} from "../testing/factories";
import { listReceipts, mailLedger, parseReceiptQuery } from "./receipts";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

describe("the list of received mails", () => {
  it("shows sender, subject, ticket, reason and whether the original is there", async () => {
    const account = await createAccount({ email: "support@desk.example" });
    const ticket = await createTicket({ subject: "Broken blade" });
    const message = await createMessage({ ticketId: ticket.id });
    const first = await createReceipt({
      accountId: account.id,
      status: "PROCESSED",
      outcome: "ticket",
      messageRowId: message.id,
      reason: "Starts a conversation",
    });
    const lost = await createReceipt({
      accountId: account.id,
      status: "QUARANTINED",
      reason: "The server could not deliver it",
      bytes: null,
    });
    const { rows } = await listReceipts({});
    expect(rows.map((r) => r.id)).toEqual([lost.id, first.id]);
    expect(rows[0]).toMatchObject({ outcome: "quarantined", hasOriginal: false, from: null });
    expect(rows[1]).toMatchObject({
      accountEmail: "support@desk.example",
      outcome: "ticket",
      subject: "Broken blade",
      reason: "Starts a conversation",
      ticketNumber: ticket.number,
      hasOriginal: true,
    });
    expect(rows[1]?.from?.address).toContain("@customer.example");
    expect((await listReceipts({ status: "QUARANTINED" })).rows.length).toBe(1);
  });

  it("reads sender and subject of a mail that became no message from its bytes", async () => {
    await createReceipt({
      status: "QUARANTINED",
      reason: "The parser was killed twice",
      bytes:
        "From: =?utf-8?q?J=C3=B6rg?= <joerg@customer.example>\r\nSubject: =?utf-8?b?w4RyZ2Vy?=\r\n\r\nx",
    });
    const [row] = (await listReceipts({})).rows;
    expect(row).toMatchObject({
      from: { name: "Jörg", address: "joerg@customer.example" },
      subject: "Ärger",
    });
  });

  it("pages through equal times without losing or repeating a mail", async () => {
    const account = await createAccount();
    const ids: string[] = [];
    for (let n = 0; n < 120; n++) {
      const fields = { accountId: account.id, receivedAt: at(Math.floor(n / 40)), bytes: null };
      ids.push((await createReceipt(fields)).id);
    }
    const first = await listReceipts({});
    const second = await listReceipts({ before: first.older });
    const third = await listReceipts({ before: second.older });
    const seen = [first, second, third].flatMap((page) => page.rows.map((r) => r.id));
    expect(seen.length).toBe(120);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect([first.newer, third.older]).toEqual([null, null]);
    const back = await listReceipts({ after: third.newer });
    expect(back.rows).toEqual(second.rows);
    expect((await listReceipts({ after: back.newer })).rows).toEqual(first.rows);
  });

  it("leaves out what makes no sense in its address", () => {
    expect(
      parseReceiptQuery({ status: "LOST", account: "1 OR 1=1", before: "x", after: ["a", "b"] }),
    ).toEqual({ status: null, accountId: null, before: null, after: null });
    expect(parseReceiptQuery({ status: "HELD" }).status).toBe("HELD");
  });
});

describe("the ledger", () => {
  it("accounts for every mail exactly once", async () => {
    const account = await createAccount();
    const automatic = await createMessage({ automaticKind: "bounce" });
    const human = await createMessage();
    const make = (fields: Parameters<typeof createReceipt>[0]) =>
      createReceipt({ accountId: account.id, ...fields });
    await make({ status: "PROCESSED", outcome: "ticket", messageRowId: human.id });
    await make({ status: "PROCESSED", outcome: "message" });
    await make({ status: "PROCESSED", outcome: "message", messageRowId: automatic.id });
    await make({ status: "DUPLICATE", messageRowId: automatic.id });
    await make({ status: "IGNORED" });
    await make({ status: "QUARANTINED" });
    await make({ status: "HELD" });
    await make({});
    await make({ receivedAt: at(-10) });
    const ledger = await mailLedger(at(0), null);
    expect(ledger).toEqual({
      seen: 8,
      parts: {
        ticket: 1,
        reply: 1,
        automatic: 1,
        duplicate: 1,
        ignored: 1,
        quarantined: 1,
        held: 1,
        waiting: 1,
        other: 0,
      },
      addsUp: true,
    });
    expect((await mailLedger(at(0), (await createAccount()).id)).seen).toBe(0);
  });

  it("says so when a processed mail became nothing", async () => {
    await createReceipt({ status: "PROCESSED" });
    expect((await mailLedger(at(0), null)).addsUp).toBe(false);
  });
});
