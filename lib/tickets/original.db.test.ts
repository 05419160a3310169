import { expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import {
  createCustomer,
  createMessage,
  createReceipt,
  createTicket,
  createUser,
} from "../testing/factories";
import { getOriginal } from "./original";

useTestDatabase();

async function mailOnTicket(bytes: string | Buffer, requesterId?: string) {
  const ticket = await createTicket(requesterId ? { requesterId } : {});
  const message = await createMessage({ ticketId: ticket.id });
  const fields = { messageRowId: message.id, status: "PROCESSED" as const, bytes };
  return { number: ticket.number, receiptId: (await createReceipt(fields)).id };
}

it("shows the header fields decoded and the source as it came", async () => {
  const { number, receiptId } = await mailOnTicket(
    "Received: from a\r\n\tby b\r\nSubject: =?utf-8?q?S=C3=A4ge?=\r\n\r\nText\u0000 here\r\n",
  );
  const original = await getOriginal(await createUser(), number, receiptId);
  expect(original.headers).toEqual([
    { name: "Received", value: expect.stringMatching(/^from a\s+by b$/) },
    { name: "Subject", value: "Säge" },
  ]);
  expect(original.source).toContain("Subject: =?utf-8?q?S=C3=A4ge?=\n");
  expect(original.source).toContain("Text here");
  expect(original.isCut).toBe(false);
});

it("cuts a long source and says so", async () => {
  const { number, receiptId } = await mailOnTicket(`Subject: a\r\n\r\n${"x".repeat(300_000)}`);
  const original = await getOriginal(await createUser(), number, receiptId);
  expect(original.source.length).toBeLessThan(300_000);
  expect(original).toMatchObject({ isCut: true, size: 300_014 });
});

it("reads a source in an old 8-bit charset without failing", async () => {
  const { number, receiptId } = await mailOnTicket(
    Buffer.from("Subject: S\xe4ge\r\n\r\n\xe4", "latin1"),
  );
  const original = await getOriginal(await createUser(), number, receiptId);
  expect(original.headers[0]?.value).toBe("Säge");
});

it("is for agents only, and only on the mail's own ticket", async () => {
  const { user, contact } = await createCustomer();
  const { number, receiptId } = await mailOnTicket("Subject: a\r\n\r\n", contact.id);
  const other = await mailOnTicket("Subject: b\r\n\r\n");
  const forbidden = { code: "forbidden" };
  await expect(getOriginal(user, number, receiptId)).rejects.toMatchObject(forbidden);
  const agent = await createUser();
  const notFound = { code: "not-found" };
  await expect(getOriginal(agent, other.number, receiptId)).rejects.toMatchObject(notFound);
});
