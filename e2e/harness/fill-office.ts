import { expect } from "@playwright/test";
import { saveAccountTime } from "@/lib/accounts/time";
import { accountTimeSchema } from "@/lib/accounts/time-schema";
import { db } from "@/lib/db/client";
import { createTicket } from "@/lib/testing/factories";
import { saveCannedReply } from "@/lib/tickets/canned-replies";
import type { FilledDesk } from "./fill-desk";

const HOUR_MS = 3_600_000;
const HOUR = 3_600;

const REPLIES = [
  {
    name: "Order is on its way",
    body: "Hello {{customer.first_name|there}},\n\nyour order left us this morning and arrives within two working days.\n\n{{agent.name}}",
    isShared: true,
  },
  {
    name: "Return label",
    body: "Hello {{customer.first_name|there}},\n\nthe label is attached. Please write #{{ticket.number}} on the parcel.\n\n{{agent.name}}",
    isShared: true,
  },
  { name: "Saturday pick-up", body: "The yard is open from nine to one.", isShared: false },
];

/**
 * What a desk of fillDesk() has after some weeks: canned replies, the hours and targets of its account,
 * and solved tickets of the days before, for the reports.
 * @returns the account of the hours.
 */
export async function fillOffice({ admin, agent }: FilledDesk): Promise<string> {
  const ada = { id: admin.id, role: "ADMIN" } as const;
  const { id } = await db().prisma.emailAccount.findFirstOrThrow({
    where: { email: "support@practice.test" },
    select: { id: true },
  });
  const week = { day0: "9-17", day1: "9-17", day2: "9-13", day3: "9-17", day4: "9-15" };
  const hours = accountTimeSchema.parse({
    ...{ timeZone: "Europe/Berlin", hours: "week", ...week, holidays: "2026-12-25\n2026-12-26" },
    ...{ firstResponseHours: "4", resolutionHours: "24" },
  });
  // One that waits longer than the target allows.
  const late = new Date(Date.now() - 3 * 24 * HOUR_MS);
  await db().prisma.ticket.updateMany({
    where: { subject: "Parcel arrived damaged" },
    data: { createdAt: late, awaitingSince: late },
  });
  await saveAccountTime(ada, id, hours);
  const isRestated = () => db().prisma.accountTime.count({ where: { restateAfter: null } });
  await expect.poll(isRestated).toBe(1);
  for (const reply of REPLIES)
    await saveCannedReply({ id: agent.id, role: "AGENT" }, { ...reply, id: null });
  await addSolved(id, [admin.id, agent.id]);
  return id;
}

async function addSolved(accountId: string, agents: string[]): Promise<void> {
  const people = await db().prisma.contact.findMany({
    select: { id: true },
    orderBy: { email: "asc" },
    take: 8,
  });
  for (let n = 1; n <= 90; n++) {
    const hours = (n * 7.7) % 690;
    const createdAt = new Date(Date.now() - (hours + 12) * HOUR_MS);
    const resolutionSeconds = HOUR * (1 + ((n * 5) % 11));
    const solvedAt = new Date(createdAt.getTime() + resolutionSeconds * 1000);
    const { id: ticketId } = await createTicket({
      ...{ accountId, requesterId: people[n % people.length]?.id ?? null, createdAt, solvedAt },
      ...{ subject: `Delivery of order ${20_300 + n}`, snippet: "It has arrived, thank you." },
      ...{ status: "SOLVED", awaitingUs: false, assigneeId: agents[n % agents.length] ?? null },
      ...{ lastMessageAt: solvedAt, awaitingSince: solvedAt, resolutionSeconds },
      ...{ firstResponseAt: solvedAt, firstResponseSeconds: 600 + ((n * 13) % 17) * 900 },
    });
    await db().prisma.ticketRead.createMany({
      data: agents.map((userId) => ({ ticketId, userId })),
    });
  }
}
