import { db } from "./db/client";
import type { InboundStatus } from "./db/generated/enums";
import { PRACTICE_ADDRESS } from "./practice-address";

/** What became of one mail of the practice inbox. */
export type PracticeOutcome = {
  uid: number;
  receivedAt: Date;
  processedAt: Date | null;
  status: InboundStatus;
  /** The why line. */
  reason: string | null;
  /** "ticket": it opened one; "message": it joined one. */
  outcome: string | null;
  ticketNumber: number | null;
};

/** The receipts of mails that the practice mail server lists, by UID; those not polled yet are absent. */
export async function findPracticeOutcomes(
  uidValidity: number,
  uids: readonly number[],
): Promise<Map<number, PracticeOutcome>> {
  const receipts = await db().prisma.inboundEmail.findMany({
    where: {
      account: { email: PRACTICE_ADDRESS },
      uidValidity: BigInt(uidValidity),
      uid: { in: uids.map(BigInt) },
    },
    orderBy: { receivedAt: "asc" },
    select: {
      uid: true,
      receivedAt: true,
      processedAt: true,
      status: true,
      reason: true,
      outcome: true,
      message: { select: { ticket: { select: { number: true } } } },
    },
  });
  return new Map(
    receipts.map(({ uid, message, ...receipt }) => [
      Number(uid),
      { uid: Number(uid), ...receipt, ticketNumber: message?.ticket.number ?? null },
    ]),
  );
}

/** The account that reads the practice inbox; null when there is none. */
export async function findPracticeAccount(): Promise<{ id: string } | null> {
  return db().prisma.emailAccount.findUnique({
    where: { email: PRACTICE_ADDRESS },
    select: { id: true },
  });
}
