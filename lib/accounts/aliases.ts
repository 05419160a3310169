import type { Tx } from "../db/client";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";

type Addresses = { email: string; aliases: readonly string[] };

/** The refusal of an address that another account has. */
export function alreadyConnected(email: string, field = "email"): AppError {
  return new AppError("conflict", `${email} is already connected.`, field);
}

/**
 * Which of these addresses accounts have, as their own or as another one, in the form of addressKey().
 * @param except an account whose addresses don't count
 */
export async function takenAddresses(
  tx: Pick<Tx, "emailAccount" | "accountAlias">,
  addresses: readonly string[],
  except?: string,
): Promise<Set<string>> {
  const email = { in: [...new Set(addresses)] };
  const not = except === undefined ? {} : { not: except };
  const own = await tx.emailAccount.findMany({
    where: { email, ...(except === undefined ? {} : { id: not }) },
    select: { email: true },
  });
  const others = await tx.accountAlias.findMany({
    where: { email, ...(except === undefined ? {} : { accountId: not }) },
    select: { email: true },
  });
  return new Set([...own, ...others].map((row) => addressKey(row.email)));
}

/**
 * Sets an account's other addresses. Two tables can't share a unique constraint, so whoever writes an
 * address calls lockDefault() first: then nobody else writes one meanwhile.
 * @throws AppError "conflict" with the field, for an address that another account has.
 */
export async function writeAliases(
  tx: Tx,
  accountId: string,
  { email, aliases }: Addresses,
): Promise<void> {
  const taken = await takenAddresses(tx, [email, ...aliases], accountId);
  if (taken.has(addressKey(email))) throw alreadyConnected(email);
  const other = aliases.find((alias) => taken.has(alias));
  if (other) throw alreadyConnected(other, "aliases");
  await tx.accountAlias.deleteMany({ where: { accountId } });
  await tx.accountAlias.createMany({
    data: aliases.map((alias) => ({ accountId, email: alias })),
  });
}
