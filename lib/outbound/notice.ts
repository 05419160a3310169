import { z } from "zod";
import { databaseNow } from "../accounts/lock";
import type { Tx } from "../db/client";
import { notify } from "../db/listen";
import { env } from "../env";
import { domainOf } from "../mail/address";
import { mintMessageId } from "../mail/message-id";
import { newId } from "../new-id";
import { seal, unseal } from "../secrets";
import { findDefaultAccount, isOwnAddress, type SendingAccount } from "./queue";

/** What a notice says: a mail of Mailroom's own that stands on no ticket. */
export type Notice = {
  to: { name: string; address: string };
  subject: string;
  text: string;
  /** It tells an agent about tickets: it says so in a List-Id, to be filed by (RFC 2919). */
  isTicketNews?: boolean;
};

const noticeSchema = z.object({
  to: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  text: z.string(),
  isTicketNews: z.boolean().optional(),
});

/** It holds a link that stands in for a password, so it is stored like one. */
const placeOf = (deliveryId: string) => `OutboundEmail:${deliveryId}:notice`;

/**
 * The account a notice to this address can leave from: the default one, if it is active. Null also
 * for the addresses of our own accounts, whose mail becomes tickets for every agent to read.
 */
export async function findNotifier(tx: Tx, address: string): Promise<SendingAccount | null> {
  return (await isOwnAddress(tx, address)) ? null : findDefaultAccount(tx);
}

/**
 * Queues a notice from the default account, in the caller's transaction. It is tried until
 * `giveUpAt`: a link that is too old helps nobody.
 * @returns the delivery's id, or null when findNotifier() finds none.
 */
export async function queueNotice(
  tx: Tx,
  notice: Notice,
  giveUpAt: Date,
): Promise<{ id: string } | null> {
  const account = await findDefaultAccount(tx);
  return account && queueNoticeFrom(tx, account, notice, giveUpAt);
}

/**
 * As queueNotice(), from this account.
 * @returns null for an address of our own.
 */
export async function queueNoticeFrom(
  tx: Tx,
  account: Pick<SendingAccount, "id" | "email">,
  notice: Notice,
  giveUpAt: Date,
): Promise<{ id: string } | null> {
  if (await isOwnAddress(tx, notice.to.address)) return null;
  const id = newId();
  await tx.outboundEmail.create({
    data: {
      id,
      accountId: account.id,
      messageId: mintMessageId(domainOf(account.email)),
      noticeSealed: seal(env().APP_SECRET, placeOf(id), JSON.stringify(notice)),
      recipients: [{ address: notice.to.address, status: "queued", response: null }],
      nextAttemptAt: await databaseNow(tx),
      giveUpAt,
    },
    select: { id: true },
  });
  await notify(tx, "outbound", id);
  return { id };
}

/** Opens what queueNotice() stored. @throws AppError "unavailable" when APP_SECRET has changed. */
export function openNotice(deliveryId: string, sealed: string): Notice {
  return noticeSchema.parse(JSON.parse(unseal(env().APP_SECRET, placeOf(deliveryId), sealed)));
}
