import { v7 as uuid } from "uuid";
import { z } from "zod";
import { databaseNow } from "../accounts/lock";
import type { Tx } from "../db/client";
import { notify } from "../db/listen";
import { env } from "../env";
import { domainOf } from "../mail/address";
import { mintMessageId } from "../mail/message-id";
import { seal, unseal } from "../secrets";
import { findDefaultAccount } from "./queue";

/** What a notice says: a mail of Mailroom's own that stands on no ticket. */
export type Notice = {
  to: { name: string; address: string };
  subject: string;
  text: string;
};

const noticeSchema = z.object({
  to: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  text: z.string(),
});

/** It holds a link that stands in for a password, so it is stored like one. */
const placeOf = (deliveryId: string) => `OutboundEmail:${deliveryId}:notice`;

/**
 * Whether a notice can leave for this address: the default account is active, and the address is
 * none of our own accounts', whose mail becomes tickets for every agent to read.
 */
export async function canNotify(tx: Tx, address: string): Promise<boolean> {
  if (!(await findDefaultAccount(tx))) return false;
  const own = await tx.emailAccount.count({ where: { email: address } });
  return own === 0;
}

/**
 * Queues a notice from the default account, in the caller's transaction. It is tried until
 * `giveUpAt`: a link that is too old helps nobody.
 * @returns the delivery's id, or null when canNotify() says no.
 */
export async function queueNotice(
  tx: Tx,
  notice: Notice,
  giveUpAt: Date,
): Promise<{ id: string } | null> {
  if (!(await canNotify(tx, notice.to.address))) return null;
  const account = await findDefaultAccount(tx);
  if (!account) return null;
  const id = uuid();
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
