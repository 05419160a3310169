import { addressKey, displaysAsAnotherAddress, isUnread } from "./address";
import { type AddressHeader, readAddressHeader } from "./address-list";
import { parseMailDate } from "./date";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import type { RawField } from "./header-block";
import { lookAlikeWarnings } from "./look-alike";
import type { Mail, MailAddress, MailHeader } from "./mail";
import { parseMessageId, parseMessageIds } from "./message-id";
import { normaliseSubject } from "./subject";
import { cut, cutBytes, oneLine, withoutReordering } from "./text";

const IDS_MAX = 50;
const HEADERS_MAX = 500;
const HEADER_VALUE_BYTES_MAX = 10_240;

/** The part of a Mail that its header fields give. */
export type HeaderValues = Pick<
  Mail,
  | "messageId"
  | "inReplyTo"
  | "references"
  | "from"
  | "fromIsAmbiguous"
  | "messageIdIsAmbiguous"
  | "replyTo"
  | "to"
  | "cc"
  | "returnPath"
  | "subject"
  | "date"
  | "dateHeader"
  | "headers"
>;

/**
 * Reads the fields of a mail's header. Of fields that may stand once (RFC 5322 §3.6) the first
 * counts; what could not be used is told in `warnings`. `charset` is what the body says it is in.
 */
export function readHeaderValues(
  fields: readonly RawField[],
  warnings: string[],
  charset: string | null = null,
): HeaderValues {
  const header = new HeaderFields(fields, charset);
  const ids = header.first("message-id");
  const messageIdIsAmbiguous = header.all("message-id").length > 1;
  if (messageIdIsAmbiguous) warnings.push("Two Message-ID headers; the first counts");
  const dateHeader = header.first("date");
  const date = dateHeader === null ? null : parseMailDate(dateHeader);
  if (dateHeader !== null && date === null) warnings.push("The Date header is no usable date");
  const sender = readFrom(header, warnings);
  const replyTo = readReplyTo(header, warnings);
  warnAboutReplyTo(sender.from, replyTo, warnings);
  return {
    messageId: ids === null ? null : parseMessageId(ids),
    messageIdIsAmbiguous,
    inReplyTo: lastIds(header.first("in-reply-to")),
    references: lastIds(header.first("references")),
    from: sender.from,
    fromIsAmbiguous: sender.fromIsAmbiguous,
    replyTo,
    to: readAddresses(header, "to", warnings),
    cc: readAddresses(header, "cc", warnings),
    returnPath: readReturnPath(header),
    subject: normaliseSubject(header.first("subject") ?? ""),
    date,
    dateHeader: dateHeader === null ? null : cut(oneLine(dateHeader), 200),
    headers: readHeaders(fields, warnings, charset),
  };
}

class HeaderFields {
  private readonly byName = new Map<string, string[]>();

  constructor(
    fields: readonly RawField[],
    private readonly charset: string | null,
  ) {
    for (const { name, value } of fields) {
      const key = name.toLowerCase();
      const values = this.byName.get(key);
      if (values === undefined) this.byName.set(key, [value]);
      else values.push(value);
    }
  }

  /** Values with 8-bit text decoded and encoded words as they are. */
  raw(name: string): string[] {
    return (this.byName.get(name) ?? []).map((value) => decodeRawHeader(value, this.charset));
  }

  all(name: string): string[] {
    return this.raw(name).map(decodeWords);
  }

  first(name: string): string | null {
    return this.all(name)[0] ?? null;
  }
}

function lastIds(header: string | null): string[] {
  return header === null ? [] : parseMessageIds(header).slice(-IDS_MAX);
}

function readFrom(
  header: HeaderFields,
  warnings: string[],
): { from: MailAddress | null; fromIsAmbiguous: boolean } {
  const values = header.raw("from");
  const found = values.slice(0, 10).map((value) => readAddressHeader(value, 10));
  const addresses = found.flatMap((read) => read.addresses);
  const fabricated = found.some((read) => read.fabricated);
  const [from = null] = addresses;
  if (values.length > 1) warnings.push("Two From headers; the first counts, and it is not trusted");
  else if (addresses.length > 1) warnings.push("From names several addresses; the first is shown");
  if (fabricated) warnings.push("The From address stands inside an encoded word");
  if (from === null) {
    warnings.push(values.length === 0 ? "No From header" : "From holds no usable address");
    return { from: null, fromIsAmbiguous: values.length > 1 };
  }
  warnings.push(...lookAlikeWarnings("The sender's", from));
  const isDisguised = displaysAsAnotherAddress(from.name, from.address);
  if (isDisguised) warnings.push(`The sender's name shows another address: ${from.name}`);
  return {
    from: isDisguised ? { name: "", address: from.address } : from,
    fromIsAmbiguous: values.length > 1 || addresses.length > 1 || fabricated,
  };
}

/** Whoever writes may ask for answers elsewhere; whether that is theirs, an agent has to judge. */
function warnAboutReplyTo(
  from: MailAddress | null,
  replyTo: MailAddress[],
  warnings: string[],
): void {
  const others = replyTo.filter(
    ({ address }) => from === null || addressKey(address) !== addressKey(from.address),
  );
  const [first] = others;
  if (first === undefined) return;
  if (isUnread(first.address)) {
    warnings.push(`It asks for answers to ${first.address} (Reply-To), which nobody seems to read`);
    return;
  }
  const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
  warnings.push(
    `It asks for answers to ${first.address}${more} (Reply-To). They go to its sender; add that address to Cc if you trust it`,
  );
}

function readAddresses(header: HeaderFields, name: string, warnings: string[]): MailAddress[] {
  const read: AddressHeader = readAddressHeader(header.raw(name).slice(0, 20).join(", "));
  const label = () => name.replace(/^./, (letter) => letter.toUpperCase());
  if (read.cut) warnings.push(`${label()} names more than 50 addresses; the first 50 are kept`);
  if (read.unusable.length > 0) {
    warnings.push(`${label()} holds what is no usable address: ${read.unusable[0]}`);
  }
  return read.addresses;
}

function readReplyTo(header: HeaderFields, warnings: string[]): MailAddress[] {
  const addresses = readAddresses(header, "reply-to", warnings);
  const [first] = addresses;
  if (first !== undefined) warnings.push(...lookAlikeWarnings("The reply address's", first));
  return addresses;
}

/** RFC 5321 §4.4: `<>` means that nobody wants to hear of a failure. */
function readReturnPath(header: HeaderFields): string | null {
  const value = header.first("return-path");
  if (value === null) return null;
  if (/^\s*(<\s*>)?\s*$/.test(value)) return "";
  return readAddressHeader(value, 1).addresses[0]?.address ?? null;
}

function readHeaders(
  fields: readonly RawField[],
  warnings: string[],
  charset: string | null,
): MailHeader[] {
  if (fields.length > HEADERS_MAX) warnings.push(`Only the first ${HEADERS_MAX} headers are kept`);
  return fields.slice(0, HEADERS_MAX).map(({ name, value }) => {
    const short = value.slice(0, HEADER_VALUE_BYTES_MAX);
    return {
      name,
      value: cutBytes(
        withoutReordering(oneLine(decodeWords(decodeRawHeader(short, charset)))),
        HEADER_VALUE_BYTES_MAX,
      ),
    };
  });
}
