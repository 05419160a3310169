import type { Tx } from "./db/client";
import { addressKey, cleanDisplayName } from "./mail/address";
import { cut, pgText } from "./mail/text";

export type ContactRef = { id: string; userId: string | null };

/**
 * The contact with this address, made when there is none. A registered user's address links the
 * contact to that user. A name is only filled in, never replaced: mail from outside may claim any.
 * Safe when two workers meet the same new address: the unique index decides.
 */
export async function ensureContact(
  tx: Tx,
  person: { address: string; name: string },
): Promise<ContactRef> {
  const email = addressKey(person.address);
  const name = cut(pgText(cleanDisplayName(person.name)), 200);
  await tx.contact.createMany({ data: [{ email, name }], skipDuplicates: true });
  const contact = await tx.contact.findUniqueOrThrow({
    where: { email },
    select: { id: true, name: true, userId: true },
  });
  if (!contact.name && name) await tx.contact.update({ where: { id: contact.id }, data: { name } });
  if (contact.userId) return { id: contact.id, userId: contact.userId };
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (user) await tx.contact.update({ where: { id: contact.id }, data: { userId: user.id } });
  return { id: contact.id, userId: user?.id ?? null };
}
