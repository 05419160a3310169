import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createContact,
  createMessage,
  createTicket,
  createUser,
} from "../testing/factories";
import type { Actor } from "./access";
import { getReplyHead } from "./reply-head";

useTestDatabase();

const ANN = "ann@customer.test";
let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ email: "ben@desk.example" })).id, role: "AGENT" };
  ({ id: accountId } = await createAccount({ isDefault: true, email: "support@desk.example" }));
});

type Part = { email: string; isNew?: boolean; getsCopies?: boolean };

/** Ann's ticket with one mail of hers, and those who take part beside her. */
async function ticketWith(parts: Part[], mail: Parameters<typeof createMessage>[0] = {}) {
  const ann = await createContact({ email: ANN, name: "Ann" });
  const ticket = await createTicket({ accountId, requesterId: ann.id });
  for (const { email, ...part } of parts) {
    const contact = await createContact({ email, name: "" });
    await db().prisma.ticketParticipant.create({
      data: { ticketId: ticket.id, contactId: contact.id, role: "CC", ...part },
    });
  }
  const first = await createMessage({ ticketId: ticket.id, ...mail });
  const head = async (id: string | null = null, mode: "reply" | "forward" = "reply") => {
    const { requester } = await db().prisma.ticket.findUniqueOrThrow({
      where: { id: ticket.id },
      select: { requester: { include: { mergedFrom: true } } },
    });
    const onTicket = { id: ticket.id, subject: "Lamp", account: { id: accountId }, requester };
    return getReplyHead(agent, onTicket, { mode, id });
  };
  return { ...ticket, first, head };
}

const people = (...addresses: string[]) => addresses.map((address) => ({ name: "", address }));

describe("an answer is filled in", () => {
  it("for those of the mail who take part; others are offered, some neither", async () => {
    const { head } = await ticketWith(
      [{ email: "bob@a.example" }, { email: "sam@a.example", isNew: true }],
      {
        toAddresses: people("support@desk.example", "bob@a.example"),
        ccAddresses: people(
          ...["sam@a.example", "kim@a.example", "ben@desk.example", "noreply@a.example"],
          ...["Support@Desk.example", ANN, '"x"@a.example', "bob@a.example"],
        ),
      },
    );
    expect(await head()).toMatchObject({
      to: `Ann <${ANN}>`,
      cc: "bob@a.example",
      suggestions: [
        { address: "sam@a.example", isWaiting: true },
        { address: "kim@a.example", isWaiting: false },
      ],
    });
  });

  it("for those who get every answer, but not by an aside's", async () => {
    const { id, head } = await ticketWith([{ email: "bob@a.example", getsCopies: true }]);
    expect((await head()).cc).toBe("bob@a.example");
    const hers = { contactId: null, fromAddress: "sue@a.example", isAside: true };
    const aside = await createMessage({ ticketId: id, ...hers });
    expect(await head(aside.id)).toMatchObject({
      ...{ to: "", cc: "" },
      suggestions: [{ address: "sue@a.example" }],
    });
    expect((await head()).quote?.text).not.toContain("sue@a.example");
  });

  it("for the sender of the mail that was chosen, and for whom our own one went to", async () => {
    const { id, head } = await ticketWith([{ email: "bob@a.example" }]);
    const bobs = await createMessage({
      ...{ ticketId: id, contactId: null, fromAddress: "bob@a.example", fromName: "Bob" },
      toAddresses: people("support@desk.example", ANN),
    });
    expect(await head(bobs.id)).toMatchObject({ to: "Bob <bob@a.example>", cc: ANN });
    const ours = await createMessage({
      ...{ ticketId: id, kind: "OUTBOUND", fromAddress: "support@desk.example" },
      ...{ toAddresses: people("bob@a.example"), ccAddresses: people(ANN) },
    });
    expect(await head(ours.id)).toMatchObject({ to: "bob@a.example", cc: ANN });
  });

  it("not at all when it forwards, and never of a note or another ticket's mail", async () => {
    const { id, first, head } = await ticketWith([{ email: "bob@a.example", getsCopies: true }]);
    expect(await head(first.id, "forward")).toMatchObject({
      ...{ mode: "forward", to: "", cc: "", suggestions: [], quote: null },
      forward: { subject: expect.stringMatching(/^Fwd: Question/), files: 0 },
    });
    const note = await createMessage({ ticketId: id, kind: "NOTE" });
    for (const other of [note.id, (await createMessage()).id, "nonsense"])
      await expect(head(other, "forward")).rejects.toMatchObject({ code: "not-found" });
  });
});

it("the head says which addresses mail came back from, merged ones as well", async () => {
  const { id, requesterId, head } = await ticketWith([]);
  const hers = { ticketId: id, contactId: requesterId ?? "", role: "REQUESTER" as const };
  await db().prisma.ticketParticipant.create({ data: hers });
  const bounced = { bouncedAt: new Date(), bounceReason: "no-such-address" };
  await createContact({ email: "ann@old.test", mergedIntoId: requesterId, ...bounced });
  expect((await head()).bounced).toMatchObject([{ address: "ann@old.test" }]);
  expect((await head()).known.sort()).toEqual([ANN, "ann@old.test"]);
});

it("the accounts are those that can send", async () => {
  await createAccount({ email: "old@desk.example", isActive: false });
  const { head } = await ticketWith([]);
  expect((await head()).accounts.map(({ email }) => email)).toEqual(["support@desk.example"]);
  await db().prisma.emailAccount.updateMany({ data: { isActive: false } });
  expect(await head()).toMatchObject({ accounts: [], accountId: null });
});
