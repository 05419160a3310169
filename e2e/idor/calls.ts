import { db } from "@/lib/db/client";
import { hideFirstSteps, showFirstSteps } from "@/lib/first-steps";
import {
  createAccount,
  createContact,
  createMessage,
  createOutbound,
  createReceipt,
  createTicket,
  createUser,
} from "@/lib/testing/factories";
import { mergeTicket } from "@/lib/tickets/merge";
import { ADMIN, type Caller, DESK, NOBODY, type People } from "./callers";

/** How an action is called: what its form holds, or the arguments of one that takes no form. */
export type Call = { form: Record<string, string> } | { args: unknown[] };

/** One way to call an action. Each call gets objects of its own, so that no call spoils another. */
export type ActionCase = {
  what: string;
  call: (people: People, caller: Caller) => Promise<Call>;
  allowed: readonly Caller[];
  /** What an allowed call answers; without it, an allowed call changes the database. */
  answers?: RegExp;
  /** Actions without useActionState get the form alone. */
  isPlain?: boolean;
};

/** A closed port of this machine: a test of a connection ends at once. */
export const NOWHERE = { smtpHost: "127.0.0.1", smtpPort: 1, imapHost: "127.0.0.1", imapPort: 1 };

let counter = 0;
export const unique = () => `new${++counter}@desk.example`;

export const ticketOf = (people: People) => createTicket({ requesterId: people.ownerContactId });
export const onTicket =
  (form: Record<string, string>) =>
  async (people: People): Promise<Call> => ({
    form: { number: String((await ticketOf(people)).number), ...form },
  });
/** A delivery of a mail on the ticket, or on another one. */
export const onDelivery =
  (fields: Parameters<typeof createOutbound>[0], isElsewhere = false) =>
  async (people: People): Promise<Call> => {
    const ticket = await ticketOf(people);
    const on = isElsewhere ? await createTicket() : ticket;
    const message = await createMessage({ kind: "OUTBOUND", ticketId: on.id });
    const accountId = (await createAccount()).id;
    const { id } = await createOutbound({ accountId, messageRowId: message.id, ...fields });
    return { form: { number: String(ticket.number), deliveryId: id } };
  };
/** One of two mails on the ticket, or on another one. */
export const onMail =
  (form: Record<string, string>, isElsewhere = false) =>
  async (people: People): Promise<Call> => {
    const ticket = await ticketOf(people);
    const on = isElsewhere ? await createTicket() : ticket;
    await createMessage({ ticketId: on.id });
    const { id } = await createMessage({ ticketId: on.id });
    await createMessage({ ticketId: on.id });
    return { form: { number: String(ticket.number), messageRowId: id, ...form } };
  };
export const blocked = (sender: string) =>
  db().prisma.blockedSender.create({ data: { sender }, select: { id: true } });
/** A ticket with a mail of somebody nobody else's mail is from, who is blocked or not. */
export const onMailFrom =
  (form: Record<string, string>, isBlocked = false) =>
  async (people: People): Promise<Call> => {
    const ticket = await ticketOf(people);
    const fromAddress = `eve@${unique().split("@")[0]}.test`;
    await createMessage({ ticketId: ticket.id, fromAddress });
    if (isBlocked) await blocked(fromAddress);
    return { form: { number: String(ticket.number), ...form } };
  };
/** A merge of the ticket into another; asked for by the ticket, or by one without a part in it. */
export const onMerge =
  (isElsewhere = false) =>
  async (people: People): Promise<Call> => {
    const [from, into, other] = [
      await ticketOf(people),
      await createTicket(),
      await createTicket(),
    ];
    const agent = { id: people.ids.agent, role: "AGENT" } as const;
    await mergeTicket(agent, { from: from.number, into: into.number });
    const { id } = await db().prisma.ticketMove.findFirstOrThrow({
      where: { fromTicketId: from.id },
    });
    return { form: { number: String((isElsewhere ? other : into).number), moveId: id } };
  };
export const soon = () => new Date(Date.now() + 3600_000);
export const onAccount =
  (fields: Parameters<typeof createAccount>[0], form: Record<string, string> = {}) =>
  async () => ({
    form: { id: (await createAccount(fields)).id, ...form },
  });
export const onPerson =
  (fields: Parameters<typeof createUser>[0], form: Record<string, string> = {}) =>
  async () => ({
    form: { personId: (await createUser(fields)).id, ...form },
  });
/** A saved view of whoever calls, of somebody else, or of somebody else who shares it. */
export const onView =
  (whose: "own" | "other" | "shared", form: Record<string, string> = {}) =>
  async (people: People, caller: Caller): Promise<Call> => {
    const isOwn = whose === "own" && caller !== "signed out";
    const makerId = isOwn ? people.ids[caller] : (await createUser()).id;
    const { id } = await db().prisma.savedView.create({
      data: {
        ...{ name: unique(), query: "source=EMAIL", position: 5, makerId },
        ownerId: whose === "shared" ? null : makerId,
      },
      select: { id: true },
    });
    return { form: { id, ...form } };
  };

/** Somebody who answered our mail and waits for an agent's yes, on the ticket or on another one. */
export const newcomer = (isOnTicket: boolean) => async (people: People) => {
  const ticket = await ticketOf(people);
  const elsewhere = await createTicket();
  const contact = await createContact();
  await db().prisma.ticketParticipant.create({
    data: {
      ...{ ticketId: isOnTicket ? ticket.id : elsewhere.id, contactId: contact.id },
      ...{ role: "CC", isNew: true },
    },
  });
  return { form: { number: String(ticket.number), contactId: contact.id } };
};

export const admins = (what: string, call: ActionCase["call"]): ActionCase[] => [
  { what, call, allowed: ADMIN },
];
export const desk = (what: string, call: ActionCase["call"]): ActionCase[] => [
  { what, call, allowed: DESK },
];
export const nobody = (what: string, call: ActionCase["call"]): ActionCase => ({
  ...{ what, call, allowed: NOBODY },
});

export async function guessed(): Promise<Call> {
  return { form: { token: "A".repeat(43), password: "a good long password" } };
}

export async function noFields(): Promise<Call> {
  return { form: {} };
}

/** The admin's first steps, hidden or shown. */
export function withSteps(areHidden: boolean) {
  return async ({ ids }: People) => {
    const admin = { id: ids.admin, role: "ADMIN" } as const;
    await (areHidden ? hideFirstSteps(admin) : showFirstSteps(admin));
    return { form: {} };
  };
}

export function onReceipt(status: "QUARANTINED" | "PROCESSED") {
  return async () => ({ form: { id: (await createReceipt({ status })).id } });
}

export function onMailOf(status: "QUARANTINED" | "HELD") {
  return async () => ({ form: { accountId: (await createReceipt({ status })).accountId ?? "" } });
}

export async function onUndelivered() {
  const account = await createAccount({ pollingEnabled: true });
  const fields = { accountId: account.id, status: "QUARANTINED", bytes: null } as const;
  return { form: { id: (await createReceipt(fields)).id } };
}

export function accountForm(): Record<string, string> {
  return {
    ...{ email: unique(), provider: "SMTP", isActive: "on", startMode: "now" },
    ...{ smtpHost: "127.0.0.1", smtpPort: "1", smtpUsername: "u", smtpPassword: "pw" },
    ...{ imapHost: "127.0.0.1", imapPort: "1" },
  };
}
