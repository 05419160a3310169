import { beforeEach, describe, expect, it } from "vitest";
import { db, inTransaction } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createContact, createMessage, createOutbound } from "../testing/factories";
import { untilBlocked } from "../testing/until-blocked";
import { type Recipient, recordBounce } from "./bounce";
import { claimDelivery, finishDelivery } from "./delivery-claims";

useTestDatabase();

beforeEach(() => emptyDatabase(db().pool));

const MESSAGE_ID = "ours@desk.example";
const recipient = (address: string, status: Recipient["status"]) => ({
  address,
  status,
  response: null,
});

/** A delivery to Ann and Bob. */
async function toTwo(status: Recipient["status"]) {
  const message = await createMessage({
    kind: "OUTBOUND",
    messageId: MESSAGE_ID,
    messageIdKey: MESSAGE_ID,
  });
  const recipients = [
    recipient("ann@customer.test", status),
    recipient("bob@customer.test", status),
  ];
  return createOutbound({ messageRowId: message.id, messageId: MESSAGE_ID, recipients });
}

const reportOf = (...addresses: string[]) => ({
  originalMessageId: MESSAGE_ID,
  recipients: addresses.map((address) => ({
    ...{ address, status: "5.1.1", permanent: true },
    ...{ delayed: false, reason: "no-address" as const },
  })),
});

const contact = () =>
  db().prisma.contact.findUniqueOrThrow({ where: { email: "ann@customer.test" } });

const states = async (id: string) =>
  (await db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } })).recipients;

describe("reports about a delivery", () => {
  it("that come in at the same moment are both kept", async () => {
    const { id } = await toTwo("accepted");
    const { second } = await inTransaction(async (tx) => {
      await recordBounce(tx, reportOf("ann@customer.test"));
      const second = inTransaction((other) => recordBounce(other, reportOf("bob@customer.test")));
      await untilBlocked(second);
      return { second };
    });
    await second;
    expect(await states(id)).toMatchObject([{ status: "bounced" }, { status: "bounced" }]);
  });

  it("that come in before the try's end is written are not overwritten by it", async () => {
    const { id } = await toTwo("queued");
    const delivery = await claimDelivery({ owner: "test", leaseSeconds: 60 });
    if (!delivery) throw new Error("The delivery is not due.");
    await inTransaction((tx) => recordBounce(tx, reportOf("bob@customer.test")));
    await finishDelivery(delivery, {
      status: "SENT",
      recipients: [
        recipient("ann@customer.test", "accepted"),
        recipient("bob@customer.test", "accepted"),
      ],
      response: "250 ok",
      error: null,
      fix: null,
    });
    expect(await states(id)).toMatchObject([{ status: "accepted" }, { status: "bounced" }]);
  });

  it("that name one recipient again and again are one line of history", async () => {
    await toTwo("accepted");
    const report = reportOf("ann@customer.test", "ANN@customer.test", "ann@customer.test");
    await inTransaction((tx) => recordBounce(tx, report));
    expect(await db().prisma.ticketEvent.count({ where: { kind: "bounced" } })).toBe(1);
  });

  it("mark the contact whose address is dead, and say what is wrong", async () => {
    await toTwo("accepted");
    await createContact({ email: "ann@customer.test" });
    await inTransaction((tx) => recordBounce(tx, reportOf("ann@customer.test")));
    expect(await contact()).toMatchObject({
      ...{ bouncedAt: expect.any(Date), bounceStatus: "5.1.1", bounceReason: "no-address" },
    });
  });

  it("mark no contact whose mailbox is only full, and no delivery that is only late", async () => {
    const { id } = await toTwo("accepted");
    await createContact({ email: "ann@customer.test" });
    const [late, full] = ["ann@customer.test", "bob@customer.test"];
    await inTransaction((tx) =>
      recordBounce(tx, {
        originalMessageId: MESSAGE_ID,
        recipients: [
          {
            address: late,
            status: "4.4.1",
            permanent: false,
            delayed: true,
            reason: "unreachable",
          },
          { address: full, status: "5.2.2", permanent: true, delayed: false, reason: "full" },
        ],
      }),
    );
    expect((await contact()).bouncedAt).toBeNull();
    expect(await states(id)).toMatchObject([
      { status: "accepted", bounce: { status: "4.4.1" } },
      { status: "bounced", bounce: { status: "5.2.2", reason: "full" } },
    ]);
  });

  it("of a server that gave up after days show the mail as returned", async () => {
    const { id } = await toTwo("accepted");
    const address = "ann@customer.test";
    const given = { status: "4.4.7", permanent: false, delayed: false } as const;
    await inTransaction((tx) =>
      recordBounce(tx, {
        originalMessageId: MESSAGE_ID,
        recipients: [{ address, ...given, reason: "unreachable" }],
      }),
    );
    expect(await states(id)).toMatchObject([{ status: "bounced" }, { status: "accepted" }]);
  });
});
