import type { Tx } from "./db/client";
import { notifyEach } from "./db/listen";
import { AppError } from "./errors";
import { addressKey, cleanDisplayName } from "./mail/address";
import { cut, pgText } from "./mail/text";

export type ContactRef = { id: string; userId: string | null };

type Person = { address: string; name: string };

type LockedContact = {
  id: string;
  email: string;
  name: string;
  userId: string | null;
  mergedIntoId: string | null;
};

/** Characters of a contact's name. */
export const CONTACT_NAME_MAX = 200;

/** A merge repoints what was merged before it, so one step is the rule; more is a merge that just happened. */
const MERGES_MAX = 10;

const TICKETS_TOLD = 100;

/**
 * Says, after the commit, that what the tickets of these contacts show of them changed: the newest
 * hundred hear of it.
 */
export async function notifyTicketsOf(tx: Tx, contactIds: string[]): Promise<void> {
  if (contactIds.length === 0) return;
  const tickets = await tx.ticket.findMany({
    where: { requesterId: { in: contactIds }, deletedAt: null },
    select: { id: true },
    orderBy: { lastMessageAt: "desc" },
    take: TICKETS_TOLD,
  });
  await notifyEach(
    tx,
    "ticket",
    tickets.map(({ id }) => id),
  );
}

/** A name as contacts have it: one line, at most 200 characters. */
export function contactName(given: string): string {
  return cut(pgText(cleanDisplayName(given)), CONTACT_NAME_MAX);
}

/**
 * The contacts with these addresses, made where there are none; by addressKey(). The address of a
 * merged contact is that of the contact it was merged into. A registered user's address links its
 * contact to that user. A name is only filled in, never replaced: mail from outside may claim any.
 * Always in the order of the addresses: two workers that meet the same new people in different
 * mails wait for each other in one direction only. Which of them makes a contact, the unique index
 * decides.
 */
export async function ensureContacts(
  tx: Tx,
  people: readonly Person[],
): Promise<Map<string, ContactRef>> {
  const names = new Map<string, string>();
  for (const { address, name } of people) {
    const email = addressKey(address);
    names.set(email, names.get(email) || contactName(name));
  }
  if (names.size === 0) return new Map();
  const emails = [...names.keys()].sort();
  await tx.contact.createMany({
    data: emails.map((email) => ({ email, name: names.get(email) ?? "" })),
    skipDuplicates: true,
  });
  const contacts = await lockContacts(tx, emails);
  const users = await usersOf(tx, contacts);
  const refs = new Map<string, ContactRef>();
  for (const email of emails) {
    const contact = contacts.get(email);
    if (!contact) continue;
    const name = contact.name || (names.get(email) ?? "");
    const userId = contact.userId ?? users.get(email) ?? null;
    if (name !== contact.name || userId !== contact.userId)
      await tx.contact.update({
        where: { id: contact.id },
        data: { userId, name },
        select: { id: true },
      });
    // Another address of the same person comes to the same row.
    Object.assign(contact, { name, userId });
    refs.set(email, { id: contact.id, userId });
  }
  return refs;
}

/**
 * The contacts that addresses (in the form of addressKey()) stand for; those nobody has are left
 * out. Until the transaction ends no merge takes them away: it waits, and then moves what was
 * written here.
 */
async function lockContacts(
  tx: Tx,
  emails: readonly string[],
): Promise<Map<string, LockedContact>> {
  const rows = await tx.$queryRaw<LockedContact[]>`
    SELECT "id", "email"::text AS "email", "name", "userId", "mergedIntoId" FROM "Contact"
    WHERE "email" = ANY(CAST(${emails}::text[] AS citext[])) ORDER BY "id" FOR KEY SHARE`;
  const found = new Map(rows.map((row) => [addressKey(row.email), row]));
  for (let hops = 0; hops < MERGES_MAX; hops++) {
    const ids = [...found.values()].flatMap(({ mergedIntoId }) => mergedIntoId ?? []);
    if (ids.length === 0) return found;
    const targets = await tx.$queryRaw<LockedContact[]>`
      SELECT "id", "email"::text AS "email", "name", "userId", "mergedIntoId" FROM "Contact"
      WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR KEY SHARE`;
    for (const [email, { mergedIntoId }] of found) {
      // One object a contact, however many of its addresses led here.
      const known = [...found.values(), ...targets];
      const target = mergedIntoId && known.find(({ id }) => id === mergedIntoId);
      if (target) found.set(email, target);
    }
  }
  throw new Error("A contact was merged again and again.");
}

/** The users who have the addresses of contacts that belong to nobody yet, by address. */
async function usersOf(
  tx: Tx,
  contacts: ReadonlyMap<string, LockedContact>,
): Promise<Map<string, string>> {
  const emails = [...contacts].filter(([, { userId }]) => userId === null).map(([email]) => email);
  if (emails.length === 0) return new Map();
  const users = await tx.user.findMany({
    where: { email: { in: emails } },
    select: { id: true, email: true },
  });
  return new Map(users.map(({ id, email }) => [addressKey(email), id]));
}

/** The contact with this address: see ensureContacts(). */
export async function ensureContact(tx: Tx, person: Person): Promise<ContactRef> {
  const contact = (await ensureContacts(tx, [person])).get(addressKey(person.address));
  if (!contact) throw new Error("A contact was written and not found.");
  return contact;
}

/**
 * Gives a new user the contact that has their address, also by a merge, with all its tickets.
 * @throws AppError "conflict" on field "email" when that person signs in with another address.
 */
export async function giveContactTo(tx: Tx, user: { id: string; email: string }): Promise<void> {
  const contact = (await lockContacts(tx, [user.email])).get(user.email);
  if (!contact) return;
  if (contact.userId && contact.userId !== user.id)
    throw new AppError(
      "conflict",
      `${user.email} belongs to somebody who signs in with another address of theirs.`,
      "email",
    );
  await tx.contact.update({
    where: { id: contact.id },
    data: { userId: user.id },
    select: { id: true },
  });
}

/**
 * Writes that mail to this address comes back, or with null that it does not any more. The tickets
 * that warn of it hear of the change.
 */
export async function markBounced(
  tx: Tx,
  address: string,
  bounce: { status: string; reason: string } | null,
): Promise<void> {
  const marked = await tx.contact.updateManyAndReturn({
    where: { email: addressKey(address), ...(bounce ? {} : { bouncedAt: { not: null } }) },
    data: {
      bouncedAt: bounce && new Date(),
      bounceStatus: bounce?.status ?? null,
      bounceReason: bounce?.reason ?? null,
    },
    select: { id: true, mergedIntoId: true },
  });
  await notifyTicketsOf(
    tx,
    marked.map(({ id, mergedIntoId }) => mergedIntoId ?? id),
  );
}
