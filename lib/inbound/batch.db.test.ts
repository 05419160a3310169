import { expect, it } from "vitest";
import { db } from "../db/client";
import { messageIdKey } from "../mail/message-id";
import { scanHeader } from "../mail/scan-header";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { makeEverythingDue, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { randomFrom } from "../testing/random";
import { type RawMail, rawBounce, rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { changeStatus } from "../tickets/status";

useTestDatabase();

const PEOPLE = ["Ann <ann@a.test>", "bob@b.test", "Bob <bob@b.test>", "Carl <carl@c.test>"];
const STRANGERS = ["Dora <dora@d.test>", "eve@evil.test", "agent@example.test", "Ann <ANN@A.test>"];
const STARTED = Date.now() - 3_600_000;

/** Tickets that mails may name: open, solved, closed, answered. */
async function history(): Promise<string[]> {
  await emptyDatabase(db().pool);
  const agent = {
    id: (await createUser({ email: "agent@example.test" })).id,
    role: "AGENT" as const,
  };
  await db().prisma.blockedSender.create({ data: { sender: "evil.test" } });
  const ids: string[] = [];
  for (const [n, from] of PEOPLE.entries()) {
    const messageId = `old.${n}@a.test`;
    const date = new Date(STARTED - 60_000);
    const cc = "Carl <carl@c.test>";
    const mail = rawMail({
      from,
      cc,
      subject: `Old ${n}`,
      messageId,
      text: `Old words ${n}`,
      date,
    });
    const { ticket } = await receiveOnTicket(mail);
    const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Which?" });
    const ours = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    ids.push(messageId, ours.messageId ?? "");
    if (n === 1) await changeStatus(agent, ticket.number, "SOLVED");
    if (n === 2) await changeStatus(agent, ticket.number, "CLOSED");
  }
  return ids;
}

/** Mails as they come, and what goes wrong with them; `ids` are those that there are already. */
function* arrivals(random: () => number, ids: string[], count: number): Generator<string> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const known = [...ids];
  const sent: string[] = [];
  for (let n = 0; n < count; n++) {
    const again = sent.length > 0 && random() < 0.08;
    const messageId = random() < 0.05 ? pick(known) : `new.${n}@a.test`;
    // An answer may be here before what it answers, and names nothing else then.
    const isEarly = random() < 0.05;
    const mail: RawMail = {
      from: random() < 0.75 ? pick(PEOPLE) : random() < 0.1 ? null : pick(STRANGERS),
      subject:
        !isEarly && random() < 0.1 ? `Re: Old [#${1 + Math.floor(random() * 4)}]` : `Subject ${n}`,
      text: `Words of ${n}.\n\n> quoted ${n}`,
      messageId: random() < 0.05 ? null : messageId,
      date: new Date(STARTED + n * 1_000),
      headers:
        random() < 0.15 ? [pick(["Auto-Submitted: auto-replied", "List-Id: <l.x.test>"])] : [],
    };
    if (isEarly) mail.inReplyTo = `new.${n + 2}@a.test`;
    else if (random() < 0.5) mail.inReplyTo = pick(known);
    if (!isEarly && random() < 0.3) mail.references = [pick(known), pick(known)];
    if (random() < 0.3) mail.cc = [pick(PEOPLE), pick(STRANGERS)].join(", ");
    const about = pick(ids);
    const bounce = { messageId: about, to: "support@example.test", address: "ann@a.test" };
    const raw = again ? pick(sent) : random() < 0.03 ? rawBounce(bounce) : rawMail(mail);
    known.push(messageId);
    sent.push(raw);
    yield raw;
  }
}

/** Everything stored first, then processed as often as mails wait for each other. */
async function take(seed: number, fields: Parameters<typeof store>[1]): Promise<unknown> {
  const ids = await history();
  for (const raw of arrivals(randomFrom(seed), ids, 60)) {
    const id = scanHeader(Buffer.from(raw)).messageId;
    await store(raw, { messageIdKey: id ? messageIdKey(id) : null, ...fields });
  }
  for (let turn = 0; turn < 4; turn++) {
    await makeEverythingDue();
    await testProcessor().run({});
  }
  return everything(ids);
}

/** What is in the desk, without what differs from run to run: ids, numbers, moments. */
async function everything(ids: string[]): Promise<unknown> {
  const tickets = await db().prisma.ticket.findMany({
    include: {
      requester: true,
      participants: { include: { contact: true } },
      events: { orderBy: { id: "asc" } },
      messages: { include: { contact: true }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
      possibleReplyTo: true,
    },
  });
  const receipts = await db().prisma.inboundEmail.findMany({ orderBy: { receivedAt: "asc" } });
  const names = new Map(tickets.map(({ number, messages }) => [`#${number}`, nameOf(messages)]));
  const words = (text: string | null) =>
    ids
      .reduce((all, id, n) => all.replaceAll(id, `id ${n}`), text ?? "")
      .replace(/#\d+/g, (number) => names.get(number) ?? number)
      .replace(/\d\d:\d\d UTC/g, "now");
  return {
    contacts: (await db().prisma.contact.findMany({ orderBy: { email: "asc" } })).map(
      ({ email, name }) => [email, name],
    ),
    receipts: receipts.map(({ status, outcome, reason }) => [status, outcome, words(reason)]),
    tickets: tickets
      .map((ticket) => ({
        name: nameOf(ticket.messages),
        is: [ticket.subject, ticket.status, ticket.isSpam, ticket.isAutomatic, ticket.snippet],
        requester: ticket.requester?.email ?? null,
        counts: [ticket.messageCount, ticket.awaitingUs, ticket.messages.length],
        times: [ticket.lastMessageAt, ticket.awaitingSince].map((at) =>
          at.getTime() < STARTED + 3_000_000 ? at.getTime() : "now",
        ),
        possibleReplyTo: ticket.possibleReplyTo ? words(`#${ticket.possibleReplyTo.number}`) : null,
        people: ticket.participants
          .map(({ contact, role, isNew }) => `${contact.email} ${role} ${isNew}`)
          .sort(),
        events: ticket.events.map(({ kind }) => kind).sort(),
        messages: ticket.messages
          .map(({ kind, text, newText, reason, contact, automaticKind, isNewParticipant }) =>
            [
              kind,
              text,
              newText,
              words(reason),
              contact?.email,
              automaticKind,
              isNewParticipant,
            ].join(),
          )
          .sort(),
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

const nameOf = (messages: { text: string; subject: string }[]) =>
  `<${messages.map(({ text, subject }) => subject + text).sort()[0]}>`;

const SEEDS = Number(process.env.BATCH_SEEDS ?? 4);

it.each(Array.from({ length: SEEDS }, (_, n) => n + 1))(
  "a batch makes of mails what they become one by one, seed %i",
  async (seed) => {
    const together = await take(seed, {});
    // Mails that were released after a reset are never dealt with together.
    const oneByOne = await take(seed, { isRelisted: true, releasedAt: new Date() });
    expect(together).toEqual(oneByOne);
  },
);
