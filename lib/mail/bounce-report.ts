import { toMailAddress } from "./address";
import { readStatus, reasonFor, replyClass, statusFor, wordedReason } from "./bounce-status";
import { decodeRawHeader } from "./encoded-word";
import { fieldValue, type RawField, readHeaderBlock } from "./header-block";
import type { BounceRecipient, MailAttachment } from "./mail";

const PART_BYTES_MAX = 262_144;
const BLOCKS_MAX = 100;
const FIELDS_IN_TEXT = /^[ \t]{0,8}(?:final|original)-recipient[ \t]*:/im;

/** The recipients of the delivery reports (RFC 3464 §2) among a mail's parts. */
export function reportedRecipients(
  attachments: readonly MailAttachment[],
  text: string,
): BounceRecipient[] {
  return deliveryReports(attachments)
    .flatMap(({ content }) => [...fieldBlocks(content)])
    .flatMap((block) => recipientOf(block, text));
}

/**
 * The same where the report's fields lie open in the text, because a list or a relay lost the parts.
 * Each paragraph that names a recipient is one block.
 */
export function recipientsInText(whole: string): BounceRecipient[] {
  const text = whole.slice(0, PART_BYTES_MAX);
  if (!FIELDS_IN_TEXT.test(text)) return [];
  return text
    .split(/\n[ \t]*\n/)
    .filter((paragraph) => FIELDS_IN_TEXT.test(paragraph))
    .slice(0, BLOCKS_MAX)
    .flatMap((paragraph) => {
      const { fields } = readHeaderBlock(Buffer.from(paragraph.trim()), PART_BYTES_MAX);
      // Without an Action it may be anything that only mentions the field.
      return fieldValue(fields, "action") === null ? [] : recipientOf(fields, text);
    });
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

/** An address as reports, headers and texts write it, with or without its type and brackets. */
export function recipientAddress(value: string): string | null {
  const bare = value.replace(/^\s*[a-z0-9-]{1,20}\s*;/i, "").replace(/[<>]/g, "");
  return toMailAddress("", decodeRawHeader(bare).trim())?.address ?? null;
}

function deliveryReports(attachments: readonly MailAttachment[]): MailAttachment[] {
  return attachments.filter(({ mediaType }) =>
    /^message\/(global-)?delivery-status$/.test(mediaType),
  );
}

function* fieldBlocks(content: Uint8Array): Generator<RawField[]> {
  let rest = content.subarray(0, PART_BYTES_MAX);
  for (let blocks = 0; rest.length > 0 && blocks <= BLOCKS_MAX; blocks++) {
    const block = readHeaderBlock(rest);
    if (block.fields.length > 0) yield block.fields;
    if (block.bodyStart === 0) return;
    rest = rest.subarray(block.bodyStart);
  }
}

/** `text` is the report for people: what it says counts where the fields say nothing. */
function recipientOf(block: readonly RawField[], text: string): BounceRecipient[] {
  const action = (fieldValue(block, "action") ?? "failed").trim().toLowerCase();
  if (!/^(failed|delayed)/.test(action)) return [];
  const named = ["final-recipient", "original-recipient", "x-actual-recipient"].flatMap(
    (name) => fieldValue(block, name) ?? [],
  );
  const address = named.map(recipientAddress).find((found) => found !== null);
  if (!address) return [];
  const diagnostic = fieldValue(block, "diagnostic-code") ?? "";
  const given = fieldValue(block, "status") ?? "";
  const delayed = action.startsWith("delayed");
  const said = diagnostic || lineAbout(address, text);
  const reason = wordedReason(said) ?? "other";
  const status = readStatus(given, said) || statusFor(reason, delayed ? "4" : replyClass(said));
  const permanent = !delayed && status.startsWith("5");
  return [{ address, status, permanent, delayed, reason: reasonFor(status, said) }];
}

/** The line of the text that names the recipient, for reports without a Diagnostic-Code. */
function lineAbout(address: string, text: string): string {
  const start = text.toLowerCase().indexOf(address.toLowerCase());
  if (start === -1) return "";
  const end = text.indexOf("\n", start);
  return text.slice(
    start + address.length,
    Math.min(end === -1 ? text.length : end, start + 1_000),
  );
}
