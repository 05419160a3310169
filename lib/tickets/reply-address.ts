import { z } from "zod";
import type { Tx } from "../db/client";

const people = z.array(z.object({ address: z.string() }));

/**
 * Where an answer to a ticket's requester goes: to the address they last wrote from on it; before
 * they wrote, to the one we wrote to; if either is theirs. Else to their own.
 */
export async function replyAddress(
  tx: Pick<Tx, "message">,
  ticketId: string,
  requester: { id: string; email: string; mergedFrom: { email: string }[] },
): Promise<string> {
  const { id, email, mergedFrom } = requester;
  if (mergedFrom.length === 0) return email;
  const theirs = [email, ...mergedFrom.map((other) => other.email)];
  const orderBy = [{ createdAt: "desc" as const }, { id: "desc" as const }];
  const written = await tx.message.findFirst({
    where: {
      ...{ ticketId, kind: "INBOUND", contactId: id, fromAddress: { in: theirs } },
      // A robot's answer says nothing about where a person reads their mail; a list passes on a person's.
      OR: [{ automaticKind: null }, { automaticKind: "list" }],
    },
    orderBy,
    select: { fromAddress: true },
  });
  if (written?.fromAddress) return written.fromAddress;
  const sent = await tx.message.findFirst({
    where: { ticketId, kind: "OUTBOUND", isAside: false },
    orderBy,
    select: { toAddresses: true },
  });
  const [to] = people.safeParse(sent?.toAddresses).data ?? [];
  return to && theirs.includes(to.address) ? to.address : email;
}
