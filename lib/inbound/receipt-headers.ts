import { db } from "../db/client";
import { parseAddressList } from "../mail/address-list";
import { decodeRawHeader } from "../mail/encoded-word";
import { readHeaderBlock, repairLineEnds } from "../mail/header-block";
import type { MailAddress } from "../mail/mail";
import { scanHeader } from "../mail/scan-header";

export type ReceiptHeaders = { from: MailAddress | null; subject: string | null };

/** Enough for From and Subject behind a long trace of Received fields. */
const HEAD_BYTES = 16_384;

/**
 * Who sent these mails and about what, read from their stored bytes: for receipts that became no
 * message, such as those in quarantine. Reads the first 16 KB of each and never throws over a mail.
 */
export async function receiptHeaders(ids: string[]): Promise<Map<string, ReceiptHeaders>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db().pool.query<{ id: string; head: Buffer }>(
    `SELECT "inboundEmailId" AS id, substring("bytes" FROM 1 FOR ${HEAD_BYTES}) AS head
     FROM "RawMail" WHERE "inboundEmailId" = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(
    rows.map(({ id, head }) => [id, { from: senderOf(head), subject: scanHeader(head).subject }]),
  );
}

function senderOf(head: Uint8Array): MailAddress | null {
  const { fields } = readHeaderBlock(repairLineEnds(head));
  const from = fields.find((field) => field.name.toLowerCase() === "from");
  return from === undefined ? null : (parseAddressList(decodeRawHeader(from.value), 1)[0] ?? null);
}
