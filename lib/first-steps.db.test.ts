import { beforeEach, describe, expect, it } from "vitest";
import { db } from "./db/client";
import {
  canShowFirstSteps,
  hideFirstSteps,
  readFirstSteps,
  type StepId,
  showFirstSteps,
} from "./first-steps";
import { PRACTICE_ADDRESS } from "./practice-address";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  at,
  createAccount,
  createMessage,
  createOutbound,
  createTicket,
  createUser,
} from "./testing/factories";
import type { Actor } from "./tickets/access";

useTestDatabase();

const PRACTICE: StepId[] = ["read-sample", "answer-sample", "customer-answers"];
const OWN: StepId[] = ["connect", "poll", "first-mail", "first-answer", "colleague"];

let admin: Actor;
let practiceId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  admin = await createUser({ role: "ADMIN" });
  practiceId = (await createAccount({ email: PRACTICE_ADDRESS, pollingEnabled: true })).id;
});

const read = (viewer = admin, hasPracticeServer = true) =>
  readFirstSteps(viewer, { hasPracticeServer });

/** The ids of the steps that are ticked off. */
async function done(viewer = admin): Promise<StepId[]> {
  const first = await read(viewer);
  return (first?.steps ?? []).flatMap(({ id, isDone }) => (isDone ? [id] : []));
}

const sample = () => createTicket({ accountId: practiceId });
const markRead = (ticketId: string, userId = admin.id) =>
  db().prisma.ticketRead.create({ data: { ticketId, userId } });
const answer = (ticketId: string, createdAt = at(100)) =>
  createMessage({ ticketId, kind: "OUTBOUND", authorId: admin.id, createdAt });

/** Does every step, apart from the last one. */
async function doAllButColleague(): Promise<void> {
  const ticket = await sample();
  await markRead(ticket.id);
  await answer(ticket.id);
  await createMessage({ ticketId: ticket.id, createdAt: at(200) });
  const own = await createAccount({ pollingEnabled: true });
  const real = await createTicket({ accountId: own.id });
  const reply = await answer(real.id);
  await createOutbound({ status: "SENT", accountId: own.id, messageRowId: reply.id });
}

describe("the list", () => {
  it("has the steps in their order, none of them done on a new desk", async () => {
    expect((await read())?.steps.map(({ id }) => id)).toEqual([...PRACTICE, ...OWN]);
    expect(await done()).toEqual([]);
  });

  it("leaves the practice steps out without a practice server or its account", async () => {
    expect((await read(admin, false))?.steps.map(({ id }) => id)).toEqual(OWN);
    await db().prisma.emailAccount.deleteMany();
    expect((await read())?.steps.map(({ id }) => id)).toEqual(OWN);
  });

  it("is for admins only", async () => {
    expect(await read(await createUser({ role: "AGENT" }))).toBeNull();
    expect(await read(await createUser({ role: "CUSTOMER" }))).toBeNull();
  });

  it("says where each step is done", async () => {
    const first = await sample();
    await createMessage({ ticketId: first.id });
    const longest = await sample();
    for (const _ of [1, 2]) await createMessage({ ticketId: longest.id });
    await sample();
    const places = async () =>
      Object.fromEntries((await read())?.steps.map(({ id, place }) => [id, place]) ?? []);
    expect(await places()).toEqual({
      "read-sample": { page: "ticket", number: longest.number },
      "answer-sample": { page: "ticket", number: longest.number },
      "customer-answers": { page: "practice" },
      connect: { page: "new-account" },
      poll: { page: "new-account" },
      "first-mail": null,
      "first-answer": { page: "tickets" },
      colleague: { page: "new-person" },
    });
    // The one to answer is the one that was read, not a robot's and not a deleted one.
    await markRead(first.id);
    await markRead((await createTicket({ accountId: practiceId, isAutomatic: true })).id);
    await markRead((await createTicket({ accountId: practiceId, deletedAt: at(1) })).id);
    const own = await createAccount();
    const real = await createTicket({ accountId: own.id });
    expect(await places()).toMatchObject({
      "answer-sample": { page: "ticket", number: first.number },
      poll: { page: "accounts" },
      "first-answer": { page: "ticket", number: real.number },
    });
  });
});

describe("the next step", () => {
  it("is the first that is not done, and none when all are", async () => {
    expect((await read())?.next).toBe("read-sample");
    await markRead((await sample()).id);
    expect((await read())?.next).toBe("answer-sample");
    await doAllButColleague();
    expect((await read())?.next).toBe("colleague");
    await createUser({ role: "AGENT" });
    expect((await read())?.next).toBeNull();
  });

  it("leads nobody who has connected an account back to practice before that is done", async () => {
    const own = await createAccount();
    expect((await read())?.next).toBe("poll");
    await createUser({ role: "AGENT" });
    await db().prisma.emailAccount.update({
      where: { id: own.id },
      data: { pollingEnabled: true },
    });
    const reply = await answer((await createTicket({ accountId: own.id })).id);
    await createOutbound({ status: "SENT", accountId: own.id, messageRowId: reply.id });
    expect((await read())?.next).toBe("read-sample");
  });
});

describe("a practice step ticks itself off", () => {
  it("reading: when I have read a sample, not when somebody else did or it was another ticket", async () => {
    const ticket = await sample();
    await markRead(ticket.id, (await createUser()).id);
    await markRead((await createTicket()).id);
    expect(await done()).not.toContain("read-sample");
    await markRead(ticket.id);
    expect(await done()).toContain("read-sample");
  });

  it("answering: when an agent's answer is on a sample, not a note, a robot's mail or another ticket's answer", async () => {
    const ticket = await sample();
    await createMessage({ ticketId: ticket.id, kind: "NOTE", authorId: admin.id });
    await createMessage({ ticketId: ticket.id, kind: "OUTBOUND" });
    await answer((await createTicket()).id);
    expect(await done()).toEqual([]);
    await answer(ticket.id);
    expect(await done()).toEqual(["answer-sample"]);
  });

  it("the customer's answer: when it came after ours, on the same ticket, and from no robot", async () => {
    const ticket = await sample();
    await createMessage({ ticketId: ticket.id, createdAt: at(50) });
    await answer(ticket.id, at(100));
    await createMessage({ ticketId: ticket.id, createdAt: at(200), automaticKind: "auto-reply" });
    await createMessage({ ticketId: (await sample()).id, createdAt: at(200) });
    expect(await done()).not.toContain("customer-answers");
    await createMessage({ ticketId: ticket.id, createdAt: at(300) });
    expect(await done()).toContain("customer-answers");
  });
});

describe("a step with one's own account ticks itself off", () => {
  it("connecting: by any account but the practice one", async () => {
    expect(await done()).toEqual([]);
    await createAccount({ isActive: false });
    expect(await done()).toEqual(["connect"]);
  });

  it("polling: when an own account is active and polled, both", async () => {
    const account = await createAccount({ pollingEnabled: true, isActive: false });
    expect(await done()).toEqual(["connect"]);
    const set = (data: { isActive?: boolean; pollingEnabled?: boolean }) =>
      db().prisma.emailAccount.update({ where: { id: account.id }, data });
    await set({ isActive: true, pollingEnabled: false });
    expect(await done()).toEqual(["connect"]);
    await set({ pollingEnabled: true });
    expect(await done()).toEqual(["connect", "poll"]);
  });

  it("the first mail: when it became a ticket of an own account, not when one was opened by hand", async () => {
    const { id: accountId } = await createAccount();
    await sample();
    await createTicket({ accountId, source: "WEB" });
    expect(await done()).toEqual(["connect"]);
    await createTicket({ accountId });
    expect(await done()).toEqual(["connect", "first-mail"]);
  });

  it("the first answer: when a mail server took an agent's, not while it waits, failed or was the practice's", async () => {
    const { id: accountId } = await createAccount();
    const ticket = await createTicket({ accountId });
    const send = async (status: "QUEUED" | "FAILED" | "SENT", from: string) =>
      createOutbound({ status, accountId: from, messageRowId: (await answer(ticket.id)).id });
    await send("QUEUED", accountId);
    await send("FAILED", accountId);
    await send("SENT", practiceId);
    const robots = await createMessage({ ticketId: ticket.id, kind: "OUTBOUND" });
    await createOutbound({ status: "SENT", accountId, messageRowId: robots.id });
    expect(await done()).toEqual(["connect", "first-mail"]);
    await send("SENT", accountId);
    expect(await done()).toEqual(["connect", "first-mail", "first-answer"]);
  });

  it("a colleague: when a second active admin or agent is there, not a customer", async () => {
    await createUser({ role: "CUSTOMER" });
    await createUser({ role: "AGENT", isActive: false });
    expect(await done()).toEqual([]);
    await createUser({ role: "AGENT" });
    expect(await done()).toEqual(["colleague"]);
  });
});

describe("the end of the list", () => {
  it("one admin's hiding hides it from nobody else, and it can be shown again", async () => {
    const other = await createUser({ role: "ADMIN" });
    expect(await canShowFirstSteps(admin)).toBe(false);
    await hideFirstSteps(admin);
    await hideFirstSteps(admin);
    expect(await read()).toBeNull();
    expect(await read(other)).not.toBeNull();
    expect(await canShowFirstSteps(admin)).toBe(true);
    expect(await canShowFirstSteps(other)).toBe(false);
    await showFirstSteps(admin);
    expect(await read()).not.toBeNull();
  });

  it("agents may neither hide nor show it", async () => {
    const agent = await createUser({ role: "AGENT" });
    await expect(hideFirstSteps(agent)).rejects.toMatchObject({ code: "forbidden" });
    await expect(showFirstSteps(agent)).rejects.toMatchObject({ code: "forbidden" });
    expect(await canShowFirstSteps(agent)).toBe(false);
  });

  it("says once that all is done, then stays away for good, whatever changes", async () => {
    await doAllButColleague();
    expect(await done()).toHaveLength(7);
    expect(await db().prisma.setting.count()).toBe(0);
    await createUser({ role: "AGENT" });
    expect(await done()).toHaveLength(8);
    expect(await done()).toHaveLength(8);
    const anHourAgo = new Date(Date.now() - 3_700_000);
    await db().prisma.setting.updateMany({ data: { updatedAt: anHourAgo } });
    await db().prisma.emailAccount.deleteMany();
    expect(await read()).toBeNull();
    expect(await read(await createUser({ role: "ADMIN" }))).toBeNull();
    await hideFirstSteps(admin);
    expect(await canShowFirstSteps(admin)).toBe(false);
  });
});
