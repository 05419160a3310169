import { db } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { replyToTicket } from "@/lib/tickets/reply";
import { type Command, parse, readStdin, required, ticketNumber, UsageError } from "./command";

export const ticketsList: Command = {
  usage: "tickets list",
  async run(args) {
    parse(args, {}, { min: 0, max: 0 });
    const tickets = await db().prisma.ticket.findMany({
      where: { deletedAt: null },
      orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }],
      take: 1000,
      select: {
        number: true,
        subject: true,
        status: true,
        priority: true,
        source: true,
        isAutomatic: true,
        isSpam: true,
        messageCount: true,
        lastMessageAt: true,
        requester: { select: { email: true, name: true } },
        assignee: { select: { email: true } },
        account: { select: { email: true } },
      },
    });
    return tickets.map(({ assignee, account, ...ticket }) => ({
      ...ticket,
      assignee: assignee?.email ?? null,
      account: account?.email ?? null,
    }));
  },
};

export const ticketsShow: Command = {
  usage: "tickets show NUMBER",
  async run(args) {
    const { positionals } = parse(args, {}, { min: 1, max: 1 });
    const number = ticketNumber(positionals[0]);
    const ticket = await db().prisma.ticket.findFirst({
      where: { number, deletedAt: null },
      select: {
        number: true,
        subject: true,
        status: true,
        priority: true,
        source: true,
        isAutomatic: true,
        isSpam: true,
        createdAt: true,
        requester: {
          select: { email: true, name: true, user: { select: { email: true, role: true } } },
        },
        assignee: { select: { email: true } },
        account: { select: { email: true } },
        possibleReplyTo: { select: { number: true } },
        mergedInto: { select: { number: true } },
        participants: { select: { role: true, isNew: true, contact: { select: { email: true } } } },
        messages: { orderBy: [{ createdAt: "asc" }, { id: "asc" }], select: MESSAGE_FIELDS },
      },
    });
    if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
    return ticket;
  },
};

const MESSAGE_FIELDS = {
  id: true,
  kind: true,
  messageId: true,
  inReplyTo: true,
  references: true,
  fromName: true,
  fromAddress: true,
  toAddresses: true,
  ccAddresses: true,
  bccAddresses: true,
  subject: true,
  sentAt: true,
  createdAt: true,
  text: true,
  newText: true,
  automaticKind: true,
  isNewParticipant: true,
  reason: true,
  attachments: {
    select: { id: true, filename: true, mediaType: true, size: true, contentId: true },
  },
  outbound: {
    select: {
      status: true,
      attempts: true,
      lastResponse: true,
      lastError: true,
      recipients: true,
      sentAt: true,
    },
  },
} as const;

export const reply: Command = {
  usage: "reply NUMBER --as EMAIL --text-stdin",
  async run(args) {
    const { values, positionals } = parse(
      args,
      { as: { type: "string" }, "text-stdin": { type: "boolean" } },
      { min: 1, max: 1 },
    );
    const number = ticketNumber(positionals[0]);
    const email = required(values.as, "as");
    if (!values["text-stdin"])
      throw new UsageError("--text-stdin is needed: the answer is read from stdin");
    const agent = await db().prisma.user.findFirst({
      where: { email, isActive: true, role: { in: ["ADMIN", "AGENT"] } },
      select: { id: true, role: true },
    });
    if (!agent) throw new AppError("not-found", `There is no active agent ${email}.`);
    const { messageRowId } = await replyToTicket(agent, { number, text: await readStdin() });
    const sent = await db().prisma.outboundEmail.findFirstOrThrow({
      where: { messageRowId },
      select: { id: true, messageId: true, status: true },
    });
    return {
      number,
      messageRowId,
      outboundId: sent.id,
      messageId: sent.messageId,
      status: sent.status,
    };
  },
};
