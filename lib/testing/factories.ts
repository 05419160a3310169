import { createHash } from "node:crypto";
import { db } from "../db/client";
import type {
  InboundStatus,
  MessageKind,
  OutboundStatus,
  Role,
  TransferEncoding,
} from "../db/generated/enums";
import type {
  AttachmentUncheckedCreateInput,
  ContactUncheckedCreateInput,
  EmailAccountUncheckedCreateInput,
  InboundEmailUncheckedCreateInput,
  MessageUncheckedCreateInput,
  OutboundEmailUncheckedCreateInput,
  TicketUncheckedCreateInput,
  UserUncheckedCreateInput,
} from "../db/generated/models";

// Rows for tests of the database. Required parents are made along the way; names, addresses and
// times come from one counter, so that a failing test reads the same on every run.

let counter = 0;
const next = () => ++counter;

/** A fixed moment, `seconds` later: rows keep their order without a clock. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 5, 9, 0, seconds));
}

/** Someone who can sign in: an agent, unless another role is asked for. */
export async function createUser(fields: Partial<UserUncheckedCreateInput> = {}) {
  const n = next();
  const role: Role = fields.role ?? "AGENT";
  const name = fields.name ?? `${role.charAt(0)}${role.slice(1).toLowerCase()} ${n}`;
  return db().prisma.user.create({
    data: { email: `${role.toLowerCase()}${n}@desk.example`, ...fields, name, role },
  });
}

/** A person who writes to us. */
export async function createContact(fields: Partial<ContactUncheckedCreateInput> = {}) {
  const n = next();
  return db().prisma.contact.create({
    data: { email: `person${n}@customer.example`, name: `Person ${n}`, ...fields },
  });
}

/** A signed-up customer: the user and the contact with the same address, linked. */
export async function createCustomer(fields: Partial<UserUncheckedCreateInput> = {}) {
  const user = await createUser({ ...fields, role: "CUSTOMER" });
  const contact = await createContact({ email: user.email, name: user.name, userId: user.id });
  return { user, contact };
}

/** An active email account that is not polled, on hosts that exist nowhere. */
export async function createAccount(fields: Partial<EmailAccountUncheckedCreateInput> = {}) {
  const n = next();
  const email = fields.email ?? `support${n}@desk.example`;
  return db().prisma.emailAccount.create({
    data: {
      smtpHost: "smtp.desk.example",
      smtpPort: 587,
      smtpSecurity: "STARTTLS",
      smtpUsername: email,
      imapHost: "imap.desk.example",
      imapPort: 993,
      imapSecurity: "TLS",
      ...fields,
      email,
    },
  });
}

/**
 * A ticket that came by mail from a contact of its own. `requesterId: null` leaves it without one.
 * Tickets made later have a later lastMessageAt.
 */
export async function createTicket(fields: Partial<TicketUncheckedCreateInput> = {}) {
  const n = next();
  const requesterId =
    fields.requesterId === undefined ? (await createContact()).id : fields.requesterId;
  const time = at(n);
  return db().prisma.ticket.create({
    data: {
      subject: `Question ${n}`,
      snippet: `Text of question ${n}`,
      source: "EMAIL",
      lastMessageAt: time,
      awaitingSince: time,
      createdAt: time,
      ...fields,
      requesterId,
    },
  });
}

/** A message: from the ticket's requester unless `kind` says OUTBOUND or NOTE. */
export async function createMessage(fields: Partial<MessageUncheckedCreateInput> = {}) {
  const n = next();
  const kind: MessageKind = fields.kind ?? "INBOUND";
  const ticketId = fields.ticketId ?? (await createTicket()).id;
  const ticket = await db().prisma.ticket.findUniqueOrThrow({
    where: { id: ticketId },
    select: { subject: true, requester: { select: { id: true, name: true, email: true } } },
  });
  const isInbound = kind === "INBOUND";
  const text = fields.text ?? `Text of message ${n}.`;
  const messageId = fields.messageId ?? (kind === "NOTE" ? null : `message.${n}@mail.example`);
  const message = await db().prisma.message.create({
    data: {
      messageId,
      messageIdKey: messageId?.toLowerCase() ?? null,
      fromName: isInbound ? (ticket.requester?.name ?? "") : "",
      fromAddress: isInbound ? (ticket.requester?.email ?? null) : null,
      contactId: isInbound ? (ticket.requester?.id ?? null) : null,
      subject: ticket.subject,
      newText: text,
      createdAt: at(n),
      sentAt: at(n),
      ...fields,
      ticketId,
      kind,
      text,
    },
  });
  await db().prisma.ticket.update({
    where: { id: ticketId },
    data: { messageCount: { increment: 1 } },
  });
  return message;
}

type ReceiptFields = Partial<InboundEmailUncheckedCreateInput> & {
  /** The raw mail's bytes; `null` for a receipt whose mail never came. */
  bytes?: Uint8Array | string | null;
};

/** A receipt with its raw mail, PENDING unless a status is given. */
export async function createReceipt({ bytes, ...fields }: ReceiptFields = {}) {
  const n = next();
  const raw =
    bytes === null ? null : Buffer.from(bytes ?? `Subject: Mail ${n}\r\n\r\nHello ${n}\r\n`);
  const status: InboundStatus = fields.status ?? "PENDING";
  const receipt = await db().prisma.inboundEmail.create({
    data: {
      accountId: fields.accountId ?? (await createAccount()).id,
      folder: "INBOX",
      epoch: 1,
      uidValidity: 1n,
      uid: BigInt(n),
      size: raw?.length ?? 0,
      sha256: raw ? createHash("sha256").update(raw).digest() : null,
      receivedAt: at(n),
      reason: status === "PENDING" ? null : "Made by a test",
      ...fields,
      status,
    },
  });
  if (raw) {
    await db().pool.query('INSERT INTO "RawMail" ("inboundEmailId", "bytes") VALUES ($1, $2)', [
      receipt.id,
      raw,
    ]);
  }
  return receipt;
}

type AttachmentFields = Omit<Partial<AttachmentUncheckedCreateInput>, "blobSha256"> & {
  /** The file's bytes, kept as a Blob unless `raw` says where they are in a raw mail. */
  bytes?: Uint8Array | string;
  raw?: { receiptId: string; offset: number; length: number; encoding: TransferEncoding };
};

/** A file on a message. */
export async function createAttachment({ bytes, raw, ...fields }: AttachmentFields = {}) {
  const n = next();
  const content = Buffer.from(bytes ?? `Content of file ${n}`);
  const sha256 = createHash("sha256").update(content).digest();
  if (!raw) {
    await db().pool.query(
      'INSERT INTO "Blob" ("sha256", "size", "bytes") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [sha256, content.length, content],
    );
  }
  return db().prisma.attachment.create({
    data: {
      position: n,
      filename: `file-${n}.txt`,
      mediaType: "text/plain",
      size: content.length,
      blobSha256: raw ? null : sha256,
      rawMailId: raw?.receiptId ?? null,
      rawOffset: raw?.offset ?? null,
      rawLength: raw?.length ?? null,
      rawEncoding: raw?.encoding ?? null,
      ...fields,
      messageRowId: fields.messageRowId ?? (await createMessage()).id,
    },
  });
}

/** A file on a draft of a reply. */
export async function createUpload(fields: {
  ownerId: string;
  ticketId: string;
  kind?: "reply" | "note";
}) {
  const n = next();
  const content = Buffer.from(`Content of upload ${n}`);
  const sha256 = createHash("sha256").update(content).digest();
  await db().pool.query('INSERT INTO "Blob" ("sha256", "size", "bytes") VALUES ($1, $2, $3)', [
    ...[sha256, content.length, content],
  ]);
  return db().prisma.upload.create({
    data: {
      ...{ kind: "reply", filename: `upload-${n}.txt`, mediaType: "text/plain" },
      ...{ size: content.length, blobSha256: sha256, ...fields },
    },
  });
}

/** A delivery of a message, QUEUED unless a status is given. */
export async function createOutbound(fields: Partial<OutboundEmailUncheckedCreateInput> = {}) {
  const n = next();
  const status: OutboundStatus = fields.status ?? "QUEUED";
  return db().prisma.outboundEmail.create({
    data: {
      messageId: `sent.${n}@desk.example`,
      giveUpAt: at(n + 48 * 3600),
      ...fields,
      status,
      messageRowId: fields.messageRowId ?? (await createMessage({ kind: "OUTBOUND" })).id,
    },
  });
}
