import { z } from "zod";
import { ensureContacts } from "../contacts";
import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import type { MailAddress } from "../mail/mail";
import type { Actor } from "./access";
import { recordEvent } from "./events";
import { addParticipants } from "./participants";
import type { Recipients } from "./recipients";

/** What a reply changed about who takes part, to be taken back with it: ids of contacts. */
const changedSchema = z.object({
  added: z.array(z.string()),
  agreed: z.array(z.string()),
  stopped: z.array(z.string()),
  with: z.string(),
});

/**
 * Whom an agent writes to on a ticket takes part in it from now on and gets the next answers as well:
 * that was the agent's own click. Who used to get copies and was left out gets none any more. People
 * in Bcc stay outside, and so do agents, who read at the desk.
 * @param newcomers addresses that knownAddresses() did not hold
 */
export async function recordPeople(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  reply: {
    messageRowId: string;
    recipients: Recipients;
    newcomers: string[];
    /** Cc as the agent saw it; false where it was left to us. */
    isCcChosen: boolean;
  },
): Promise<void> {
  const { recipients, newcomers, messageRowId } = reply;
  const visible = [...recipients.to, ...recipients.cc];
  const joining = await withoutAgents(
    tx,
    visible.filter(({ address }) => newcomers.includes(address)),
  );
  const { added, agreed } =
    joining.length > 0 ? await admit(tx, actor, ticketId, joining) : { added: [], agreed: [] };
  const stopped = reply.isCcChosen ? await stopCopies(tx, ticketId, visible) : [];
  if (added.length + agreed.length + stopped.length === 0) return;
  await recordEvent(tx, ticketId, actor.id, {
    ...{ kind: "copies", added, agreed, stopped, with: messageRowId },
  });
}

/** @returns ids of contacts: of those who are new on the ticket, and of those who waited for a yes. */
async function admit(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  joining: readonly MailAddress[],
): Promise<{ added: string[]; agreed: string[] }> {
  const contacts = await ensureContacts(tx, joining);
  const ids = [...new Set([...contacts.values()].map(({ id }) => id))];
  const waiting = await tx.ticketParticipant.findMany({
    where: { ticketId, contactId: { in: ids } },
    select: { contactId: true },
  });
  const agreed = waiting.map(({ contactId }) => contactId);
  const added = ids.filter((id) => !agreed.includes(id));
  await addParticipants(tx, ticketId, added, { role: "CC" });
  await tx.ticketParticipant.updateMany({
    where: { ticketId, contactId: { in: ids } },
    data: { isNew: false, getsCopies: true, approvedById: actor.id },
  });
  return { added, agreed };
}

async function withoutAgents<T extends { address: string }>(tx: Tx, people: T[]): Promise<T[]> {
  const agents = await agentAddresses(
    tx,
    people.map(({ address }) => address),
  );
  return people.filter(({ address }) => !agents.has(addressKey(address)));
}

/** Those of these addresses, in the form of addressKey(), by which agents sign in. */
export async function agentAddresses(
  tx: Pick<Tx, "user">,
  addresses: readonly string[],
): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const users = await tx.user.findMany({
    where: { email: { in: addresses.map(addressKey) }, role: { in: ["ADMIN", "AGENT"] } },
    select: { email: true },
  });
  return new Set(users.map(({ email }) => addressKey(email)));
}

async function stopCopies(
  tx: Tx,
  ticketId: string,
  visible: readonly { address: string }[],
): Promise<string[]> {
  const emails = visible.map(({ address }) => addressKey(address));
  const left = await tx.ticketParticipant.findMany({
    where: {
      ...{ ticketId, getsCopies: true },
      NOT: {
        contact: {
          OR: [{ email: { in: emails } }, { mergedFrom: { some: { email: { in: emails } } } }],
        },
      },
    },
    select: { contactId: true },
  });
  const ids = left.map(({ contactId }) => contactId);
  if (ids.length > 0)
    await tx.ticketParticipant.updateMany({
      where: { ticketId, contactId: { in: ids } },
      data: { getsCopies: false },
    });
  return ids;
}

/** Takes back what recordPeople() did for a reply. The caller holds the ticket's lock. */
export async function takeBackPeople(
  tx: Tx,
  ticketId: string,
  messageRowId: string,
): Promise<void> {
  const event = await tx.ticketEvent.findFirst({
    where: { ticketId, kind: "copies", data: { path: ["with"], equals: messageRowId } },
    select: { data: true },
  });
  const changed = changedSchema.safeParse(event?.data).data;
  if (!changed) return;
  const { added, agreed, stopped } = changed;
  await tx.ticketParticipant.deleteMany({
    // Who has written since stays.
    where: {
      ...{ ticketId, contactId: { in: added }, role: "CC" },
      contact: { messages: { none: { ticketId } } },
    },
  });
  await tx.ticketParticipant.updateMany({
    where: { ticketId, contactId: { in: agreed } },
    data: { isNew: true, getsCopies: false, approvedById: null },
  });
  await tx.ticketParticipant.updateMany({
    where: { ticketId, contactId: { in: stopped } },
    data: { getsCopies: true },
  });
}
