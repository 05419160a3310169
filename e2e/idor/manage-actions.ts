import { db } from "@/lib/db/client";
import { createContact, createTicket } from "@/lib/testing/factories";
import { relateTickets } from "@/lib/tickets/related";
import { snoozeTicket } from "@/lib/tickets/snooze-ticket";
import { tagTicket } from "@/lib/tickets/tags";
import type { People } from "./callers";
import { type ActionCase, type Call, desk, nobody, onTicket, soon, ticketOf } from "./calls";

const MANAGE = "app/(desk)/tickets/[number]/manage-actions.ts";

const agentOf = (people: People) => ({ id: people.ids.agent, role: "AGENT" }) as const;

async function tagged(people: People): Promise<Call> {
  const { number } = await ticketOf(people);
  await tagTicket(agentOf(people), { number, tag: "vip" });
  return { form: { number: String(number), tag: "vip" } };
}

async function asleep(people: People): Promise<Call> {
  const { number } = await ticketOf(people);
  await snoozeTicket(agentOf(people), { number, until: soon(), zone: "UTC" });
  return { form: { number: String(number) } };
}

async function twoTickets(people: People): Promise<[number, number]> {
  return [(await ticketOf(people)).number, (await createTicket()).number];
}

async function relating(people: People): Promise<Call> {
  const [number, into] = await twoTickets(people);
  return { form: { number: String(number), into: String(into) } };
}

async function related(people: People): Promise<Call> {
  const [number, other] = await twoTickets(people);
  await relateTickets(agentOf(people), { number, other });
  return { form: { number: String(number), other: String(other) } };
}

/** A note about a contact, which may have one already. */
const onPersonNote = (isWritten: boolean) => async (people: People) => {
  const { number } = await ticketOf(people);
  const { id } = await createContact();
  if (isWritten)
    await db().prisma.contact.update({ where: { id }, data: { note: "!", noteAt: new Date() } });
  return { form: { number: String(number), contactId: id, note: "Likes tea", seenAt: "" } };
};

/** The actions by which a ticket is managed in its place. */
export const MANAGE_ACTIONS: Record<string, ActionCase[]> = {
  [`${MANAGE}#addTag`]: [
    ...desk("the owner's ticket", onTicket({ tag: "returns" })),
    nobody("no name", onTicket({ tag: "  " })),
  ],
  [`${MANAGE}#removeTag`]: desk("a tag of the ticket", tagged),
  [`${MANAGE}#snooze`]: [
    ...desk("the owner's ticket", onTicket({ until: "tomorrow", zone: "Asia/Tokyo" })),
    nobody("a time that is over", onTicket({ until: "date", date: "2020-01-01T09:00" })),
  ],
  [`${MANAGE}#wake`]: desk("a ticket that sleeps", asleep),
  [`${MANAGE}#relate`]: [
    ...desk("two tickets", relating),
    nobody("no such ticket", onTicket({ into: "#999999" })),
  ],
  [`${MANAGE}#unrelate`]: desk("two related tickets", related),
  [`${MANAGE}#writePersonNote`]: [
    ...desk("a contact", onPersonNote(false)),
    nobody("a note they have not seen", onPersonNote(true)),
    nobody("no contact", async (people) => {
      const { number } = await ticketOf(people);
      const note = { contactId: people.ids.agent, note: "Likes tea", seenAt: "" };
      return { form: { number: String(number), ...note } };
    }),
  ],
};
