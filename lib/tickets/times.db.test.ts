import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { deleteAccount } from "../accounts/delete";
import { saveAccountTime } from "../accounts/time";
import { type AccountTimeInput, accountTimeSchema } from "../accounts/time-schema";
import { db } from "../db/client";
import { undoReply } from "../outbound/control";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createMessage, createTicket, createUser } from "../testing/factories";
import { OWNER, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import type { Actor } from "./access";
import { forwardMail } from "./forward";
import { keepClocks } from "./keep-clocks";
import { mergeTicket } from "./merge";
import { openTicketAsAgent } from "./open";
import { replyToTicket } from "./reply";
import { markSpam } from "./spam";
import { changeStatus } from "./status";

useTestDatabase();

const HOUR = 3_600_000;
let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  accountId = (await createAccount({ isDefault: true, email: "support@desk.example" })).id;
});

const saveTime = (input: AccountTimeInput) =>
  saveAccountTime(OWNER, accountId, accountTimeSchema.parse(input));
const targets = () => saveTime({ firstResponseHours: "4", resolutionHours: "24" });
const times = (id: string) =>
  db().prisma.ticket.findUniqueOrThrow({
    where: { id },
    select: {
      ...{ createdAt: true, firstResponseAt: true, firstResponseSeconds: true, solvedAt: true },
      ...{ resolutionSeconds: true, firstResponseDueAt: true, resolutionDueAt: true },
      ...{ dueAt: true, dueWarnAt: true, firstResponseTellAt: true, resolutionTellAt: true },
    },
  });
const NOTHING_DUE = {
  ...{ firstResponseDueAt: null, resolutionDueAt: null, dueAt: null, dueWarnAt: null },
  ...{ firstResponseTellAt: null, resolutionTellAt: null },
};

let mails = 0;
/** A ticket that came by mail; an answer to the mail `inReplyTo` where that is given. */
async function mailed(inReplyTo?: string) {
  const messageId = `times.${++mails}@a.test`;
  const { ticket } = await receiveOnTicket(
    rawMail({ from: "ann@a.test", subject: "Lamp", messageId, ...(inReplyTo && { inReplyTo }) }),
    { accountId },
  );
  return { id: ticket.id, number: ticket.number, messageId };
}

/** As if everything about the ticket had happened hours earlier. */
async function letPass(id: string, hours: number) {
  const by = `${hours} hours`;
  for (const table of ["Message", "TicketEvent"])
    await db().pool.query(
      `UPDATE "${table}" SET "createdAt" = "createdAt" - $2::interval WHERE "ticketId" = $1`,
      [id, by],
    );
  await db().pool.query(
    `UPDATE "Ticket" SET "createdAt" = "createdAt" - $2::interval, "firstResponseAt" = "firstResponseAt" - $2::interval,
       "solvedAt" = "solvedAt" - $2::interval WHERE "id" = $1`,
    [id, by],
  );
}

describe("the first response", () => {
  it("is the first answer of a person", async () => {
    const { id, number } = await mailed();
    await createMessage({
      ticketId: id,
      kind: "OUTBOUND",
      automaticKind: "auto-reply",
      createdAt: new Date(),
    });
    await letPass(id, 2);
    await replyToTicket(agent, { number, text: "Which lamp?" });
    const { firstResponseAt, firstResponseSeconds } = await times(id);
    expect(firstResponseAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(firstResponseSeconds).toBeGreaterThanOrEqual(7200);
    expect(firstResponseSeconds).toBeLessThan(7300);
    await replyToTicket(agent, { number, text: "Still there?" });
    expect((await times(id)).firstResponseAt).toEqual(firstResponseAt);
  });

  it("is none once it is taken back", async () => {
    await targets();
    const { id, number } = await mailed();
    const due = (await times(id)).firstResponseDueAt;
    const sent = { number, text: "Done.", status: "SOLVED" as const, undoSeconds: 10 };
    const { messageRowId } = await replyToTicket(agent, sent);
    expect(await times(id)).toMatchObject({
      ...NOTHING_DUE,
      resolutionSeconds: expect.any(Number),
    });
    const delivery = await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
    await undoReply(agent, { number, deliveryId: delivery.id });
    expect(await times(id)).toMatchObject({
      ...{ firstResponseAt: null, firstResponseSeconds: null, solvedAt: null },
      ...{ resolutionSeconds: null, firstResponseDueAt: due, dueAt: due },
    });
  });

  it("is no mail to others than the requester: passed on or written to them, it is still owed", async () => {
    await targets();
    const { id, number } = await mailed();
    const due = (await times(id)).firstResponseDueAt;
    const mail = await db().prisma.message.findFirstOrThrow({ where: { ticketId: id } });
    const to = ["sue@supplier.test"];
    await forwardMail(agent, { number, text: "Seen?", to, messageRowId: mail.id, withFiles: true });
    await replyToTicket(agent, { number, text: "Well?", to });
    expect(await times(id)).toMatchObject({
      ...{ firstResponseAt: null, firstResponseSeconds: null, firstResponseDueAt: due },
    });
    await replyToTicket(agent, { number, text: "Which lamp?" });
    expect(await times(id)).toMatchObject({
      ...{ firstResponseAt: expect.any(Date), firstResponseDueAt: null },
    });
  });

  it("is owed to nobody where the desk wrote first", async () => {
    await targets();
    const ticket = { subject: "Recall", text: "Dear Ann", requesterEmail: "ann@a.test" };
    const { number } = await openTicketAsAgent(agent, { ...ticket, sendByMail: true });
    const { id } = await db().prisma.ticket.findUniqueOrThrow({ where: { number } });
    const { firstResponseAt, firstResponseDueAt, dueAt, resolutionDueAt } = await times(id);
    expect([firstResponseAt, firstResponseDueAt, dueAt]).toEqual([null, null, resolutionDueAt]);
  });
});

describe("targets", () => {
  it("are none until an admin sets them", async () => {
    const { id } = await mailed();
    expect(await times(id)).toMatchObject(NOTHING_DUE);
  });

  it("are counted from a mail's ticket on", async () => {
    await targets();
    const { id } = await mailed();
    const { createdAt, ...clock } = await times(id);
    const later = (hours: number) => new Date(createdAt.getTime() + hours * HOUR);
    expect(clock).toMatchObject({
      ...{ firstResponseDueAt: later(4), resolutionDueAt: later(24), dueAt: later(4) },
      ...{ dueWarnAt: later(3), firstResponseTellAt: later(3), resolutionTellAt: later(19.2) },
    });
  });

  it("stand still while the customer is waited for, until the answer comes", async () => {
    await targets();
    const { id, number, messageId } = await mailed();
    await letPass(id, 1);
    await replyToTicket(agent, { number, text: "Which?", status: "PENDING" });
    expect(await times(id)).toMatchObject(NOTHING_DUE);
    await letPass(id, 10);
    const answer = await mailed(messageId);
    expect(answer.id).toBe(id);
    const { resolutionDueAt } = await times(id);
    expect(resolutionDueAt?.getTime()).toBeGreaterThan(Date.now() + 22.9 * HOUR);
    expect(resolutionDueAt?.getTime()).toBeLessThan(Date.now() + 23.1 * HOUR);
  });

  it("end when it is solved, and begin anew when an answer opens it again", async () => {
    await targets();
    const { id, number, messageId } = await mailed();
    await letPass(id, 3);
    await replyToTicket(agent, { number, text: "Done.", status: "SOLVED" });
    const { solvedAt, resolutionSeconds, ...done } = await times(id);
    expect(done).toMatchObject(NOTHING_DUE);
    expect(solvedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(Math.round((resolutionSeconds ?? 0) / 60)).toBe(180);
    await changeStatus(agent, number, "CLOSED");
    expect((await times(id)).solvedAt).toEqual(solvedAt);
    await changeStatus(agent, number, "OPEN");
    await changeStatus(agent, number, "SOLVED");
    await letPass(id, 30);
    await mailed(messageId);
    const { dueAt, ...again } = await times(id);
    expect(again).toMatchObject({ solvedAt: null, resolutionSeconds: null });
    expect(dueAt?.getTime()).toBeGreaterThan(Date.now() + 23.9 * HOUR);
  });

  it("are lifted off spam, merged tickets and those of a deleted account", async () => {
    await targets();
    const [spam, merged, into] = [await mailed(), await mailed(), await mailed()];
    await markSpam(agent, spam.number, true);
    await mergeTicket(agent, { from: merged.number, into: into.number });
    expect(await times(spam.id)).toMatchObject(NOTHING_DUE);
    expect(await times(merged.id)).toMatchObject(NOTHING_DUE);
    expect((await times(into.id)).dueAt).not.toBeNull();
    await markSpam(agent, spam.number, false);
    expect((await times(spam.id)).dueAt).not.toBeNull();
    await deleteAccount(OWNER, accountId);
    expect(await times(into.id)).toMatchObject(NOTHING_DUE);
  });
});

describe("the worker", () => {
  it("works due times out anew when the account's hours change, in batches", async () => {
    const open = await mailed();
    const late = await mailed();
    await letPass(late.id, 5);
    for (let n = 0; n < 201; n++) await createTicket({ accountId, requesterId: null });
    await targets();
    expect(await keepClocks()).toBe(203);
    expect((await times(open.id)).dueAt).not.toBeNull();
    // What is missed already is marked, and nobody is warned of it.
    const missed = await times(late.id);
    expect(missed.dueAt?.getTime()).toBeLessThan(Date.now());
    expect(missed.firstResponseTellAt).toBeNull();
    expect(missed.resolutionTellAt).not.toBeNull();
    expect(await keepClocks()).toBe(0);
    await saveTime({});
    await keepClocks();
    expect(await db().prisma.ticket.count({ where: { dueAt: { not: null } } })).toBe(0);
  });

  it("finds out when older tickets were done", async () => {
    const createdAt = new Date(Date.now() - 10 * HOUR);
    const closedAt = new Date(Date.now() - 4 * HOUR);
    const old = await createTicket({ status: "CLOSED", createdAt, closedAt });
    await createMessage({ ticketId: old.id, createdAt });
    const answeredAt = new Date(Date.now() - 9 * HOUR);
    const authorId = agent.id;
    await createMessage({ ticketId: old.id, kind: "OUTBOUND", authorId, createdAt: answeredAt });
    expect(await keepClocks()).toBe(1);
    expect(await times(old.id)).toMatchObject({
      ...{ firstResponseAt: answeredAt, firstResponseSeconds: 3600 },
      ...{ solvedAt: closedAt, resolutionSeconds: 6 * 3600 },
    });
    expect(await keepClocks()).toBe(0);
  });

  it("has nothing to do for open tickets: the migration found their answers", async () => {
    const createdAt = new Date(Date.now() - 10 * HOUR);
    const [answered, ours, silent] = [
      await createTicket({ createdAt }),
      await createTicket({ createdAt }),
      await createTicket({ createdAt, status: "PENDING" }),
    ];
    const later = (hours: number) => new Date(createdAt.getTime() + hours * HOUR);
    const said = (ticketId: string, hours: number, kind: "INBOUND" | "OUTBOUND") =>
      createMessage({
        ...{ ticketId, kind, createdAt: later(hours) },
        authorId: kind === "OUTBOUND" ? agent.id : null,
      });
    await said(answered.id, 0, "INBOUND");
    await said(answered.id, 2, "OUTBOUND");
    await said(answered.id, 3, "OUTBOUND");
    await said(ours.id, 1, "OUTBOUND");
    await said(silent.id, 0, "INBOUND");
    const folder = new URL("../../prisma/migrations/20261127183000_ticket_times/", import.meta.url);
    const sql = await readFile(new URL("migration.sql", folder), "utf8");
    await db().pool.query(sql.slice(sql.indexOf('UPDATE "Ticket"')));
    const found = await Promise.all([answered, ours, silent].map(({ id }) => times(id)));
    expect(found.map(({ firstResponseAt }) => firstResponseAt)).toEqual([later(2), null, null]);
    expect(found[0]?.firstResponseSeconds).toBe(7200);
  });

  it("leaves what was measured as it was measured", async () => {
    const { id, number } = await mailed();
    await letPass(id, 2);
    await replyToTicket(agent, { number, text: "Hello" });
    const before = await times(id);
    await saveTime({ hours: "week", day0: "0-0:01", firstResponseHours: "1" });
    await keepClocks();
    expect((await times(id)).firstResponseSeconds).toBe(before.firstResponseSeconds);
  });
});
