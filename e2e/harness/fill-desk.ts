import { expect } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { assignTicket } from "@/lib/tickets/assign";
import { addNote } from "@/lib/tickets/note";
import { openTicketAsCustomer } from "@/lib/tickets/open";
import { replyToTicket } from "@/lib/tickets/reply";
import { saveView } from "@/lib/tickets/saved-views";
import { changePriority, changeStatus } from "@/lib/tickets/status";
import { addPerson, type Person } from "./people";

export type FilledDesk = {
  admin: Person;
  agent: Person;
  customer: Person;
  /** A conversation of several mails with an answer and a note. */
  ticket: number;
  htmlTicket: number;
  ownTicket: number;
};

/** How many mails the practice mail server starts with. */
const SAMPLES = 15;

/**
 * What a small team's desk looks like on a working day: the sample mails of the practice server as
 * the worker took them in, people, answers, notes and owners. Needs a desk with practice and worker.
 */
export async function fillDesk(): Promise<FilledDesk> {
  const admin = await addPerson("ADMIN", "Ada Lindgren", "ada@practice.test");
  const agent = await addPerson("AGENT", "Ben Okoye", "ben@practice.test");
  await addPerson("AGENT", "Mara Weiss", "mara@practice.test");
  const customer = await addPerson("CUSTOMER", "Hannah Vogt", "hannah.vogt@gruenhof.example");
  const ended = () => db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } });
  await expect.poll(ended, { timeout: 80_000 }).toBe(SAMPLES);

  const ben = { id: agent.id, role: "AGENT" } as const;
  const ada = { id: admin.id, role: "ADMIN" } as const;
  const ticket = await numberOf("I cannot sign in since this morning");
  await addNote(ben, { number: ticket, text: "The password reset of last night locked 40 users." });
  await replyToTicket(ben, {
    number: ticket,
    text: "Hello Priya,\n\nyour account is unlocked again. Please choose a new password at the next sign-in.\n\nBen",
    status: "PENDING",
  });
  const htmlTicket = await numberOf("Where is my order 20418?");
  await changePriority(ada, htmlTicket, "HIGH");
  await assignTicket(ada, htmlTicket, admin.id);
  await changePriority(ada, await numberOf("Parcel arrived damaged"), "URGENT");
  const barrels = await numberOf("Four rain barrels for March");
  await replyToTicket(ada, { number: barrels, text: "All four are set aside for you.\n\nAda" });
  await changeStatus(ada, await numberOf("Invoice 2041-7: delivery charged twice?"), "SOLVED");
  await addTags("Parcel arrived damaged", ["returns", "carrier"]);
  await addTags("Where is my order 20418?", ["orders"]);
  const view = { isShared: false, replacedId: null };
  await saveView(ada, {
    ...{ ...view, name: "Urgent, longest wait", isShared: true },
    address: "priority=HIGH,URGENT&sort=wait",
  });
  await saveView(ben, { ...view, name: "Returns", address: "tag=returns" });
  const own = { subject: "Can I pick the barrels up?", text: "On Saturday, with a trailer." };
  const { number: ownTicket } = await openTicketAsCustomer(
    { id: customer.id, role: "CUSTOMER" },
    own,
  );
  await createAccount(ada, {
    ...{ email: "billing@practice.test", smtpHost: "smtp.gmail.com", isActive: false },
    ...{ smtpUsername: "billing@practice.test", smtpPassword: "not a real one" },
  });
  return { admin, agent, customer, ticket, htmlTicket, ownTicket };
}

async function addTags(subject: string, names: string[]): Promise<void> {
  const connectOrCreate = names.map((name) => ({ where: { name }, create: { name } }));
  await db().prisma.ticket.update({
    where: { number: await numberOf(subject) },
    data: { tags: { connectOrCreate } },
    select: { id: true },
  });
}

async function numberOf(subject: string): Promise<number> {
  const ticket = await db().prisma.ticket.findFirst({
    where: { subject },
    select: { number: true },
  });
  if (!ticket) throw new Error(`No sample mail opened a ticket "${subject}"`);
  return ticket.number;
}
