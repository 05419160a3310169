import type { Tx } from "../db/client";
import { fieldValue } from "../mail/header-block";
import type { ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { NOTICE_HEADER } from "../outbound/notice-header";
import { isTestMail } from "../test-mail";
import { threadKeys } from "./thread";

type Named = Pick<
  ReadMail,
  "messageId" | "headers" | "automatic" | "inReplyTo" | "references" | "aboutMessageId"
>;

/**
 * The ids by which a mail may be a notice of ours: its own, and the one a notice carries in a header
 * of its own, as some servers give what they send another Message-ID (Amazon SES).
 */
export function ownNoticeKeys({ messageId, headers }: Pick<Named, "messageId" | "headers">) {
  const marked = fieldValue(headers, NOTICE_HEADER.toLowerCase())?.trim();
  return [messageId, marked].flatMap((id) => (id ? [messageIdKey(id)] : []));
}

/** The ids of what a machine answers; none where a person does. */
export function answeredByMachine(mail: Named): string[] {
  if (!mail.automatic || mail.automatic.kind === "list") return [];
  return [...threadKeys(mail), ...(mail.aboutMessageId ? [messageIdKey(mail.aboutMessageId)] : [])];
}

/** Whether one of these ids is that of a notice of ours, or of a mail that tested a connection. */
export async function isNotice(tx: Tx, keys: string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  if (keys.some(isTestMail)) return true;
  const notice = await tx.outboundEmail.findFirst({
    where: { messageId: { in: keys }, messageRowId: null },
    select: { id: true },
  });
  return notice !== null;
}
