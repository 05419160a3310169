import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { AppError } from "../errors";
import type { Actor } from "./access";
import { attachmentSelect } from "./attachment-select";
import { visibleMessages } from "./visible-messages";

/** The newest messages a customer sees at once. */
const MESSAGES_SHOWN = 200;

export type CustomerMessage = {
  id: string;
  isOurs: boolean;
  name: string;
  at: Date;
  newText: string;
  quotedText: string;
  attachments: Prisma.MessageGetPayload<{
    select: { attachments: typeof attachmentSelect };
  }>["attachments"];
};

/**
 * What a signed-in customer sees of a ticket of their own: mails in and out. No notes, no history,
 * nothing about deliveries, senders' checks or other tickets.
 * @throws AppError "not-found" for a foreign ticket just as for none.
 */
export async function getCustomerConversation(user: Actor, number: number) {
  const ticket = await db().prisma.ticket.findFirst({
    where: { number, deletedAt: null, mergedIntoId: null, requester: { userId: user.id } },
    select: {
      id: true,
      number: true,
      subject: true,
      status: true,
      createdAt: true,
      awaitingUs: true,
    },
  });
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  const rows = await db().prisma.message.findMany({
    where: { AND: [{ ticketId: ticket.id }, visibleMessages({ ...user, role: "CUSTOMER" })] },
    select: {
      id: true,
      kind: true,
      fromName: true,
      fromAddress: true,
      createdAt: true,
      newText: true,
      quotedText: true,
      author: { select: { name: true } },
      attachments: attachmentSelect,
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: MESSAGES_SHOWN,
  });
  const messages = rows.reverse().map(
    (row): CustomerMessage => ({
      id: row.id,
      isOurs: row.kind === "OUTBOUND",
      name: row.author?.name || row.fromName || row.fromAddress || "Unknown sender",
      at: row.createdAt,
      newText: row.newText,
      quotedText: row.quotedText,
      attachments: row.attachments,
    }),
  );
  return { ticket, messages };
}
