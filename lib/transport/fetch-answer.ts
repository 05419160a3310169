import type { FetchMessageObject } from "imapflow";

/** A line of an answer with the literals that stand in it, as the IMAP library hands it on. */
export type ServerAnswer = { payload: Buffer; literals: Buffer[] };

/** Of a line without its literals: flags are a few dozen letters each. */
const LINE_BYTES_MAX = 2_000;

const BEGIN = /^\* ([1-9]\d{0,9}) FETCH \(/;
const FLAG = '\\\\?[^\\s()"\\\\{}[\\]%*\\x00-\\x1f\\x7f-\\xff]+';
const ITEM = new RegExp(
  [
    "UID ([1-9]\\d{0,9})",
    "RFC822\\.SIZE (\\d{1,15})",
    'INTERNALDATE "([ \\d]\\d-[A-Z][a-z]{2}-\\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4})"',
    `FLAGS \\(((?:${FLAG}(?: ${FLAG})*)?)\\)`,
    "BODY\\[\\] \\{(\\d{1,10})\\}\\r\\n",
    "MODSEQ \\((\\d{1,18})\\)",
    "X-GM-MSGID (\\d{1,20})",
    "EMAILID \\(([\\w-]{1,255})\\)",
  ].join("|"),
  "y",
);

/**
 * The mail that an untagged FETCH tells of (RFC 3501 §7.4.2), when it tells of nothing but UID,
 * RFC822.SIZE, INTERNALDATE, FLAGS, the whole BODY[] as a literal, and what the library always asks for
 * as well (MODSEQ, RFC 7162; EMAILID, RFC 8474; X-GM-MSGID), each once and written as the grammar has
 * it. Null for everything else, which the library reads. What is read here is what the
 * library makes of it, but for the ids and colours that it works out itself.
 */
export function readFetchAnswer({ payload, literals }: ServerAnswer): FetchMessageObject | null {
  if (payload.length > LINE_BYTES_MAX || literals.length > 1) return null;
  const line = payload.toString("latin1");
  const begin = BEGIN.exec(line);
  if (!begin) return null;
  const row: Partial<FetchMessageObject> = { seq: Number(begin[1]) };
  ITEM.lastIndex = begin[0].length;
  for (let item = ITEM.exec(line); item !== null; item = ITEM.exec(line)) {
    if (!add(row, item, literals)) return null;
    const end = ITEM.lastIndex;
    const isWhole = line.charCodeAt(end) === CLOSE && end + 1 === line.length;
    const isRead = isWhole && row.uid !== undefined && (row.source ? 1 : 0) === literals.length;
    if (isRead) return row as FetchMessageObject;
    if (line.charCodeAt(end) !== SPACE) return null;
    ITEM.lastIndex = end + 1;
  }
  return null;
}

const SPACE = 0x20;
const CLOSE = 0x29;

/** @returns whether the item may stand there: none a second time, and the literal as long as it was called. */
function add(row: Partial<FetchMessageObject>, item: RegExpExecArray, literals: Buffer[]): boolean {
  const [, uid, size, date, flags, length, modseq, gmailId, emailId] = item;
  if (uid !== undefined) return set(row, "uid", Number(uid));
  if (size !== undefined) return set(row, "size", Number(size));
  if (date !== undefined) {
    const internalDate = new Date(date);
    return !Number.isNaN(internalDate.getTime()) && set(row, "internalDate", internalDate);
  }
  if (flags !== undefined) {
    if (/(?:^| )NIL(?: |$)/i.test(flags)) return false;
    return set(row, "flags", new Set(flags === "" ? [] : flags.split(" ")));
  }
  if (modseq !== undefined) return set(row, "modseq", BigInt(modseq));
  if (length === undefined) return set(row, "emailId", gmailId ?? emailId);
  const [literal] = literals;
  return literal?.length === Number(length) && set(row, "source", literal);
}

function set<Key extends keyof FetchMessageObject>(
  row: Partial<FetchMessageObject>,
  key: Key,
  value: FetchMessageObject[Key] | undefined,
): boolean {
  if (row[key] !== undefined) return false;
  row[key] = value as FetchMessageObject[Key];
  return true;
}
