import { beforeEach, describe, expect, it } from "vitest";
import { saveAccountTime } from "../accounts/time";
import { accountTimeSchema } from "../accounts/time-schema";
import { db } from "../db/client";
import { queueAgentNotices } from "../outbound/agent-notices";
import { openNotice } from "../outbound/notice";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createTicket, createUser } from "../testing/factories";
import { OWNER } from "../testing/pipeline";
import type { Actor } from "./access";
import { assignTicket } from "./assign";
import { keepClocks } from "./keep-clocks";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET, type TicketDue } from "./query";
import { replyToTicket } from "./reply";
import { warnOfTargets } from "./warn-of-targets";

useTestDatabase();

const HOUR = 3_600_000;
let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
  accountId = (await createAccount({ isDefault: true, email: "support@desk.example" })).id;
  const form = { timeZone: "Europe/Berlin", firstResponseHours: "4", resolutionHours: "24" };
  await saveAccountTime(OWNER, accountId, accountTimeSchema.parse(form));
});

/** A ticket that has been open for some hours. */
async function open(hours: number, fields: Parameters<typeof createTicket>[0] = {}) {
  const createdAt = new Date(Date.now() - hours * HOUR);
  const ticket = await createTicket({ accountId, createdAt, assigneeId: agent.id, ...fields });
  await db().prisma.accountTime.update({
    where: { accountId },
    data: { restateAfter: "00000000-0000-0000-0000-000000000000" },
  });
  await keepClocks();
  return ticket;
}

async function subjects() {
  await warnOfTargets();
  await db().pool.query(`UPDATE "AgentNotice" SET "dueAt" = now()`);
  await queueAgentNotices();
  const rows = await db().prisma.outboundEmail.findMany({
    where: { messageRowId: null },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id, noticeSealed }) => openNotice(id, noticeSealed ?? ""));
}

describe("a target that will be missed soon", () => {
  it("is told by mail to whoever has the ticket, once", async () => {
    await open(1);
    expect(await subjects()).toEqual([]);
    const { number, subject } = await open(3.5);
    const [mail, ...more] = await subjects();
    expect(more).toEqual([]);
    expect(mail?.subject).toBe(`First response due soon on #${number}: ${subject}`);
    expect(mail?.text).toContain("(Europe/Berlin) on your ticket");
    expect(await subjects()).toHaveLength(1);
    await keepClocks();
    expect(await subjects()).toHaveLength(1);
  });

  it("is told for each target", async () => {
    const { number } = await open(3.5);
    expect(await subjects()).toHaveLength(1);
    await replyToTicket(agent, { number, text: "Which lamp?" });
    await db().pool.query(
      `UPDATE "Ticket" SET "resolutionTellAt" = now() - interval '1 second', "dueWarnAt" = now(), "dueAt" = now() + interval '1 hour'`,
    );
    expect((await subjects()).at(-1)?.subject).toContain(`Resolution due soon on #${number}`);
  });

  it("waits until somebody has the ticket", async () => {
    const { number } = await open(3.5, { assigneeId: null });
    expect(await subjects()).toEqual([]);
    await assignTicket(agent, number, agent.id);
    expect(await subjects()).toHaveLength(1);
  });

  it("is not told to who wants no such mail, nor once it is missed", async () => {
    await open(5);
    expect(await subjects()).toEqual([]);
    await db().prisma.user.update({ where: { id: agent.id }, data: { notifyTargets: false } });
    await open(3.5);
    expect(await subjects()).toEqual([]);
  });
});

describe("the list", () => {
  const found = async (due: TicketDue | null) =>
    (await listTickets(agent, { ...EVERY_OPEN_TICKET, due })).rows.map(({ number }) => number);

  it("can be narrowed to what is missed soon, and what was", async () => {
    const [early, soon, late] = [await open(1), await open(3.5), await open(5)];
    await createTicket({ accountId });
    expect(await found("soon")).toEqual([soon.number]);
    expect(await found("overdue")).toEqual([late.number]);
    expect(await found(null)).toContain(early.number);
    const { rows } = await listTickets(agent, { ...EVERY_OPEN_TICKET, due: "overdue" });
    expect(rows[0]).toMatchObject({ isResponseDue: true, dueAt: expect.any(Date) });
  });
});
