import { toMailAddress } from "./address";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import { type RawField, readHeaderBlock } from "./header-block";
import type { Bounce, BounceRecipient, MailAttachment, MailHeader } from "./mail";
import { parseMessageId } from "./message-id";

const PART_BYTES_MAX = 262_144;
const RECIPIENTS_MAX = 100;
const TEXT_LENGTH_MAX = 65_536;

export type BounceSource = {
  headers: readonly MailHeader[];
  text: string;
  attachments: readonly MailAttachment[];
};

/**
 * Reads a delivery status report (RFC 3464), or a bounce that names its recipients in the headers
 * Exim and Gmail add. Null when the mail is none, and for reports that say a mail was delivered.
 * A recipient is `permanent` when its status is 5.x.x and the action is no delay.
 */
export function readBounce(source: BounceSource): Bounce | null {
  // Some systems send two such parts, the first of them prose.
  const reports = deliveryReports(source.attachments);
  const reported = reports.flatMap(({ content }) => reportedRecipients(content));
  const recipients = reported.length > 0 ? reported : failedRecipients(source);
  if (recipients.length === 0) return null;
  return { recipients: recipients.slice(0, RECIPIENTS_MAX), originalMessageId: originalId(source) };
}

/** Whether a report says of every recipient that nothing failed (RFC 3464 §2.3.3). */
export function reportsSuccess(attachments: readonly MailAttachment[]): boolean {
  const actions = deliveryReports(attachments)
    .flatMap(({ content }) => [...fieldBlocks(content)])
    .flatMap((block) => fieldValue(block, "action") ?? []);
  return (
    actions.length > 0 &&
    actions.every((action) => /^\s*(delivered|relayed|expanded)/i.test(action))
  );
}

function deliveryReports(attachments: readonly MailAttachment[]): MailAttachment[] {
  return attachments.filter(({ mediaType }) =>
    /^message\/(global-)?delivery-status$/.test(mediaType),
  );
}

/** RFC 3464 §2: a block about the message, then one block of fields for each recipient. */
function reportedRecipients(content: Uint8Array): BounceRecipient[] {
  const recipients: BounceRecipient[] = [];
  for (const block of fieldBlocks(content)) {
    const action = (fieldValue(block, "action") ?? "failed").trim().toLowerCase();
    const named = fieldValue(block, "final-recipient") ?? fieldValue(block, "original-recipient");
    if (named === null || !/^(failed|delayed)/.test(action)) continue;
    const address = recipientAddress(named);
    if (address === null) continue;
    const diagnostic = fieldValue(block, "diagnostic-code") ?? "";
    const status = statusOf(fieldValue(block, "status") ?? "", diagnostic);
    const permanent = action.startsWith("failed") && status.startsWith("5");
    recipients.push({ address, status, permanent });
  }
  return recipients;
}

function* fieldBlocks(content: Uint8Array): Generator<RawField[]> {
  let rest = content.subarray(0, PART_BYTES_MAX);
  for (let blocks = 0; rest.length > 0 && blocks <= RECIPIENTS_MAX; blocks++) {
    const block = readHeaderBlock(rest);
    if (block.fields.length > 0) yield block.fields;
    if (block.bodyStart === 0) return;
    rest = rest.subarray(block.bodyStart);
  }
}

/** Not every mail system writes reports: Exim, Gmail and others say it in a header. */
function failedRecipients({ headers, text }: BounceSource): BounceRecipient[] {
  const failed = headers.filter(({ name }) => /^x-failed-recipients$/i.test(name));
  const addresses = failed.flatMap(({ value }) => value.split(/[\s,;]+/));
  const status = statusOf(text.slice(0, TEXT_LENGTH_MAX), text.slice(0, TEXT_LENGTH_MAX));
  return addresses.flatMap((candidate) => {
    const address = recipientAddress(candidate);
    return address === null ? [] : [{ address, status, permanent: status.startsWith("5") }];
  });
}

function recipientAddress(value: string): string | null {
  const bare = value.replace(/^\s*[a-z0-9-]{1,20}\s*;/i, "").replace(/[<>]/g, "");
  return toMailAddress("", decodeRawHeader(bare).trim())?.address ?? null;
}

/** The enhanced status (RFC 3463), else one made of the SMTP reply code, else 5.0.0. */
function statusOf(status: string, diagnostic: string): string {
  const enhanced = /\b([245])\.(\d{1,3})\.(\d{1,3})\b/;
  const exact = enhanced.exec(status)?.[0];
  const fromDiagnostic = enhanced.exec(diagnostic)?.[0];
  // x.0.0 says nothing; many gateways repeat the true status in the diagnostic text.
  if (exact !== undefined && (!exact.endsWith(".0.0") || fromDiagnostic === undefined))
    return exact;
  if (fromDiagnostic !== undefined) return fromDiagnostic;
  const reply = /\b([45])\d{2}[ -]/.exec(diagnostic)?.[1];
  return `${reply ?? "5"}.0.0`;
}

/** The Message-ID in the returned part: the whole mail, its headers, or the text below the report. */
function originalId({ attachments, text }: BounceSource): string | null {
  for (const { mediaType, content } of attachments) {
    if (
      !/^(message\/(global|rfc822)|text\/rfc822-headers|message\/global-headers)$/.test(mediaType)
    ) {
      continue;
    }
    const { fields } = readHeaderBlock(content.subarray(0, PART_BYTES_MAX));
    const value = fieldValue(fields, "message-id");
    const id = value === null ? null : parseMessageId(decodeWords(decodeRawHeader(value)));
    if (id !== null) return id;
  }
  const inText = /^[> \t]{0,20}Message-ID:\s{0,20}(<[^<>\s]{3,250}>)/im.exec(
    text.slice(0, TEXT_LENGTH_MAX),
  );
  return inText === null ? null : parseMessageId(inText[1] ?? "");
}

function fieldValue(fields: readonly RawField[], name: string): string | null {
  return fields.find((field) => field.name.toLowerCase() === name)?.value ?? null;
}
