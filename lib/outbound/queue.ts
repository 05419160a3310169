import { databaseNow } from "../accounts/lock";
import { crashpoint } from "../crashpoint";
import type { Tx } from "../db/client";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { addressKey, isSendableAddress } from "../mail/address";
import { ownAddresses, ticketAddresses } from "../ticket-address";
import { isUuid } from "../uuid";
import type { Sender } from "./sender";

/** How long a delivery is tried before it is given up. */
export const GIVE_UP_AFTER_MS = 48 * 3600_000;

/** How long an agent's reply waits before it leaves, so that its author can take it back. */
export const UNDO_SECONDS = 10;

export type SendingAccount = {
  id: string;
  /** The address it leaves from: the account's own, or another one it has. */
  email: string;
  name: string;
  /** "" when it has none. */
  signature: string;
  /** Answers quote what they answer. */
  quotesHistory: boolean;
  /** The largest mail its server takes, in bytes; null when unknown. */
  smtpSizeMax: number | null;
};

const SENDER = {
  ...{ id: true, email: true, name: true, smtpSizeMax: true },
  ...{ signature: true, quotesHistory: true },
} as const;

/** The account that mail leaves from which belongs to no other; null when none is active and default. */
export function findDefaultAccount(tx: Tx): Promise<SendingAccount | null> {
  return tx.emailAccount.findFirst({ where: { isActive: true, isDefault: true }, select: SENDER });
}

/** Whether mail to this address comes back in, as it is one of our own accounts' or tickets'. */
export async function isOwnAddress(tx: Tx, address: string): Promise<boolean> {
  return (await ownAddresses(tx, [address])).size > 0;
}

/**
 * The account a ticket's mail leaves from: its own, or the default one when it has none or its own
 * is not active.
 * @throws AppError "conflict" when no active account is connected.
 */
export async function findSendingAccount(
  tx: Tx,
  accountId: string | null,
): Promise<SendingAccount> {
  const own = accountId
    ? await tx.emailAccount.findFirst({ where: { id: accountId, isActive: true }, select: SENDER })
    : null;
  const account = own ?? (await findDefaultAccount(tx));
  if (!account)
    throw new AppError(
      "conflict",
      "No active email account can send this. Connect one under Admin Portal → Email Accounts, or make one active and default.",
    );
  return account;
}

/**
 * The account an agent chose to send from, and which of its addresses.
 * @throws AppError "conflict" when it is gone or not active any more, or has that address no more.
 */
export async function requireSendingAccount(
  tx: Tx,
  { accountId, alias }: Sender,
): Promise<SendingAccount> {
  const account = isUuid(accountId)
    ? await tx.emailAccount.findUnique({
        where: { id: accountId },
        select: { ...SENDER, isActive: true },
      })
    : null;
  if (!account?.isActive)
    throw new AppError(
      "conflict",
      `${account?.email ?? "That account"} can’t send any more. Choose another account.`,
      "accountId",
    );
  const { isActive, ...sender } = account;
  if (alias === null) return sender;
  const email = addressKey(alias);
  if ((await tx.accountAlias.count({ where: { email, accountId } })) === 0)
    throw new AppError(
      "conflict",
      `${email} is no address of ${account.email} any more. Choose another one.`,
      "accountId",
    );
  return { ...sender, email };
}

/**
 * Queues a message for delivery, in the transaction that wrote it. Its Message-ID is final here, so
 * that every try, also after a crash, sends the same one. No worker takes it for `delaySeconds`.
 * @throws AppError "invalid" for an address nothing may be sent to.
 */
export async function queueDelivery(
  tx: Tx,
  delivery: { messageRowId: string; accountId: string; messageId: string; recipients: string[] },
  delaySeconds = 0,
): Promise<void> {
  for (const address of delivery.recipients)
    if (!isSendableAddress(address))
      throw new AppError("invalid", `Mail can't be sent to “${address}”.`, "cc");
  for (const address of await ticketAddresses(tx, delivery.recipients))
    throw new AppError("invalid", `“${address}” is a ticket's own address, not a person's.`, "cc");
  // Workers look by the database's clock; this process's may be ahead.
  const now = (await databaseNow(tx)).getTime();
  const row = await tx.outboundEmail.create({
    data: {
      messageRowId: delivery.messageRowId,
      accountId: delivery.accountId,
      messageId: delivery.messageId,
      recipients: delivery.recipients.map((address) => ({
        address,
        status: "queued",
        response: null,
      })),
      nextAttemptAt: new Date(now + delaySeconds * 1000),
      giveUpAt: new Date(now + GIVE_UP_AFTER_MS),
    },
    select: { id: true },
  });
  await notify(tx, "outbound", row.id);
  crashpoint("queue.delivery-written");
}
