import { beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createMessage, createReceipt, createTicket } from "../testing/factories";
import { mailFacts, NO_FACTS } from "./cause-facts";
import { disablePolling, setActive } from "./polling";

useTestDatabase();

const OWNER = { id: null, role: "ADMIN" } as const;
let id = "";
let other = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  id = (await createAccount({ email: "one@desk.example", pollingEnabled: true })).id;
  other = (await createAccount({ email: "two@desk.example", pollingEnabled: true })).id;
});

const facts = async (accountId = id) => (await mailFacts()).get(accountId) ?? NO_FACTS;
const now = () => new Date();

/** A mail that opened a ticket. */
async function opened(
  message: Parameters<typeof createMessage>[0] = {},
  receipt: Parameters<typeof createReceipt>[0] = {},
  ticket: Parameters<typeof createTicket>[0] = {},
) {
  const { id: ticketId, number } = await createTicket(ticket);
  const { id: messageRowId } = await createMessage({ ticketId, ...message });
  await createReceipt({
    ...{ accountId: id, status: "PROCESSED", outcome: "ticket", receivedAt: now(), messageRowId },
    ...receipt,
  });
  return { ticketId, number, messageRowId };
}

it("an account that was never polled has no facts", async () => {
  expect(await facts()).toEqual(NO_FACTS);
});

it("the folder is as the last poll that opened it found it; what was left out adds up", async () => {
  const run = (seconds: number, fields: { folderMails: number | null; skipped?: number }) =>
    db().prisma.pollRun.create({
      data: { accountId: id, startedAt: new Date(Date.now() - seconds * 1000), ...fields },
    });
  await run(8 * 86_400, { folderMails: 9, skipped: 100 });
  await run(120, { folderMails: 5, skipped: 2 });
  await run(60, { folderMails: 6, skipped: 1 });
  await run(10, { folderMails: null });
  expect(await facts()).toMatchObject({ folderMails: 6, skipped: 3, hasReceived: false });
});

it("mails of the last 7 days are counted by what became of them, older ones only known of", async () => {
  const receipt = (fields: Parameters<typeof createReceipt>[0]) =>
    createReceipt({ accountId: id, receivedAt: now(), ...fields });
  await receipt({ status: "IGNORED", reason: "Our own mail, sent from #1." });
  await receipt({ status: "IGNORED", reason: "A mail loop: it came back." });
  await receipt({ status: "HELD" });
  await receipt({ status: "QUARANTINED" });
  await receipt({ status: "QUARANTINED", receivedAt: new Date(Date.now() - 8 * 86_400_000) });
  await receipt({ accountId: other, status: "HELD", receivedAt: new Date(0) });
  const none = { duplicates: 0, own: 0, loops: 0, held: 0, quarantined: 0 };
  expect((await facts()).week).toEqual({
    ...{ ...none, total: 4, own: 1, loops: 1, held: 1, quarantined: 1 },
  });
  expect(await facts(other)).toMatchObject({ hasReceived: true, week: { ...none, total: 0 } });
});

it("a duplicate leads to the ticket of the first copy and the account that brought it", async () => {
  const { number, messageRowId } = await opened({}, { accountId: other });
  const copy = { accountId: id, status: "DUPLICATE", receivedAt: now(), messageRowId } as const;
  await createReceipt(copy);
  expect(await facts()).toMatchObject({
    week: { duplicates: 1 },
    firstCopies: [{ number, email: "two@desk.example" }],
  });
});

it("replies with tickets of their own are told apart; merged ones are mended", async () => {
  const parent = await createTicket();
  const named = { possibleReplyToId: parent.id };
  const stranger = await opened({}, { reason: "New ticket, possible reply to #1: x" }, named);
  const closed = await opened({}, { reason: "New ticket, answers #1, which is closed (x)" }, named);
  const unknown = await opened({ inReplyTo: ["lost@customer.test"] });
  const bare = await opened({ subject: "Re: Parcel" });
  await opened({ subject: "Re: Merged" }, {}, { mergedIntoId: parent.id });
  await opened({ subject: "Re: Away", automaticKind: "auto-reply" });
  await opened({ subject: "Regarding something else" });
  const found = (await facts()).loneReplies.map(({ number, why }) => [number, why]);
  expect(new Map(found.map(([number, why]) => [number, why]))).toEqual(
    new Map<unknown, unknown>([
      [stranger.number, "stranger"],
      [closed.number, "closed"],
      [unknown.number, "unknown"],
      [bare.number, "no-header"],
    ]),
  );
});

it("tickets with the same words from different mails are twins for each account they came by", async () => {
  const words = { subject: "Parcel", text: "Where is it?" };
  const one = await opened(words);
  const two = await opened({ ...words, subject: "PARCEL" }, { accountId: other });
  await opened({ ...words, text: "And the invoice?" });
  expect((await facts()).twins).toEqual([[one.number, two.number]]);
  expect((await facts(other)).twins).toEqual([[one.number, two.number]]);
});

it("an account that was turned off says when", async () => {
  await disablePolling(OWNER, id);
  await setActive(OWNER, other, false);
  expect((await facts()).stoppedAt).not.toBeNull();
  expect((await facts(other)).stoppedAt).not.toBeNull();
  await setActive(OWNER, other, true);
  expect((await facts(other)).stoppedAt).toBeNull();
});
