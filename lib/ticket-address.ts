import { takenAddresses } from "./accounts/aliases";
import type { Tx } from "./db/client";
import { env } from "./env";
import { addressKey } from "./mail/address";
import { accountOfPlusAddress, plusAddress, readPlusAddress } from "./mail/plus-address";
import { deriveKeys } from "./secrets";

const PURPOSE = "ticket-address";

type Accounts = Pick<Tx, "emailAccount" | "accountAlias">;

/** The signed address of one ticket at an account; null when it would be too long to use. */
export function ticketAddress(email: string, number: number): string | null {
  const [key] = deriveKeys(env().APP_SECRET, PURPOSE);
  return key ? plusAddress(email, number, key) : null;
}

/**
 * The ticket named by the first of these addresses that ticketAddress() made for one of our
 * accounts, whether or not the account still gives them out; null when it made none.
 */
export async function findTicketNumber(
  tx: Tx,
  addresses: readonly string[],
): Promise<number | null> {
  const accounts = await accountsAmong(tx, addresses.flatMap(claimedAccount));
  const keys = deriveKeys(env().APP_SECRET, PURPOSE);
  for (const address of addresses) {
    const account = accountOfPlusAddress(address);
    if (account === null || !accounts.has(account)) continue;
    const number = readPlusAddress(address, account, keys);
    if (number !== null) return number;
  }
  return null;
}

/**
 * Which of these addresses, in the form of addressKey(), come back to us: those of our accounts, the
 * other ones they have among them, and of their tickets. A ticket's address counts whatever its signature: no person is behind it.
 */
export async function ownAddresses(
  tx: Accounts,
  addresses: readonly string[],
): Promise<Set<string>> {
  const keys = addresses.map(addressKey);
  const accounts = await accountsAmong(tx, [...keys, ...keys.flatMap(claimedAccount)]);
  return new Set(
    keys.filter((key) => [key, ...claimedAccount(key)].some((email) => accounts.has(email))),
  );
}

/** Those of ownAddresses() that are a ticket's. Asks the database only when one may be. */
export async function ticketAddresses(tx: Tx, addresses: readonly string[]): Promise<Set<string>> {
  const built = addresses.filter((address) => accountOfPlusAddress(address) !== null);
  return ownAddresses(tx, built);
}

function claimedAccount(address: string): string[] {
  const account = accountOfPlusAddress(address);
  return account === null ? [] : [account];
}

async function accountsAmong(tx: Accounts, emails: readonly string[]): Promise<Set<string>> {
  if (emails.length === 0) return new Set();
  return takenAddresses(tx, emails);
}
