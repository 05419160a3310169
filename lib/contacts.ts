import type { Tx } from "./db/client";
import { addressKey, cleanDisplayName } from "./mail/address";
import { cut, pgText } from "./mail/text";

export type ContactRef = { id: string; userId: string | null };

type Person = { address: string; name: string };

/**
 * The contacts with these addresses, made where there are none; by addressKey(). A registered
 * user's address links its contact to that user. A name is only filled in, never replaced: mail
 * from outside may claim any.
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
    names.set(email, names.get(email) || cut(pgText(cleanDisplayName(name)), 200));
  }
  if (names.size === 0) return new Map();
  const emails = [...names.keys()].sort();
  await tx.contact.createMany({
    data: emails.map((email) => ({ email, name: names.get(email) ?? "" })),
    skipDuplicates: true,
  });
  const contacts = await tx.contact.findMany({
    where: { email: { in: emails } },
    select: { id: true, email: true, name: true, userId: true },
    orderBy: { email: "asc" },
  });
  const users = await usersOf(tx, contacts);
  const refs = new Map<string, ContactRef>();
  for (const contact of contacts) {
    const email = addressKey(contact.email);
    const name = contact.name ? "" : names.get(email);
    const userId = contact.userId ?? users.get(email) ?? null;
    if (name || userId !== contact.userId)
      await tx.contact.update({
        where: { id: contact.id },
        data: { userId, ...(name ? { name } : {}) },
        select: { id: true },
      });
    refs.set(email, { id: contact.id, userId });
  }
  return refs;
}

/** The users who have the addresses of contacts that belong to nobody yet. */
async function usersOf(
  tx: Tx,
  contacts: { email: string; userId: string | null }[],
): Promise<Map<string, string>> {
  const emails = contacts.filter(({ userId }) => userId === null).map(({ email }) => email);
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
