import { setImmediate as breathe } from "node:timers/promises";
import { env } from "../env";
import { type Foreseen, type ForeseenMail, foresee } from "../inbound/foresee";
import { oneLine } from "../log";
import { MailUnreadable, parseMail } from "../mail/parse";
import { ImapFolder, type MailBeginning } from "../transport/imap";
import { MailError } from "../transport/mail-error";
import type { ServerSettings } from "../transport/server-settings";
import { type AccountActor, assertAdmin } from "./admin";
import type { AccountInput, AccountValues } from "./schema";
import { noImapServer } from "./servers";
import { type TypedUse, takeTest, typedServers } from "./typed-servers";

/** What is looked at in a dry run: the newest mails, by count, bytes of each, and time. */
const MAILS_MAX = 500;
const MAIL_BYTES_MAX = 64 * 1024;
const READING_MS = 25_000;
const LIMIT_MS = 40_000;
const READ_FIRST = 5;
const READ_TOGETHER = 25;

/** "From now on" would take nothing old: it is shown what the last days would have been. */
const DAYS_SHOWN = 30;
const DAY_MS = 86_400_000;

/** Mails that are named one by one. */
const NAMED_MAX = 50;

/** What would become of a mail, as people read it. */
export type DryOutcome = "ticket" | "reply" | "automatic" | "known" | "own" | "unreadable";

/** A mail that was looked at, with what would become of it. */
export type DryMail = { at: string; from: string; subject: string; outcome: DryOutcome };

export type DryRun = {
  ok: true;
  /** Where it began, ISO 8601; null for all mail in the folder. */
  since: string | null;
  /** The account would start from now: none of these mails would be taken. */
  isOnlyShown: boolean;
  folder: string;
  /** Mails in the range, and how many of them, the newest, were looked at. */
  found: number;
  looked: number;
  counts: Record<DryOutcome, number>;
  /** How many of the automatic ones would open a ticket, marked as automatic. */
  automaticTickets: number;
  /** The newest of them, newest first. */
  mails: DryMail[];
  ms: number;
};

/** The server would not: cause and fix as a test of it says them. */
export type DryRunFailure = {
  ok: false;
  cause: string;
  fix: string;
  serverSaid: string | null;
};

/**
 * What polling would make of the mails that are there, before it is enabled: from the start that is
 * chosen, or of the last 30 days where it is "now". The folder is opened with EXAMINE and read with
 * BODY.PEEK, and the database with a transaction that can't write, so nothing changes on either side.
 * Looks at the newest 500 mails at most, at the first 64 KB of each, for 25 s; `found` and `looked`
 * say when that was only a part.
 * @throws AppError "forbidden", "invalid" with the field that is wrong, "unavailable" as tests do.
 */
export async function dryRun(
  actor: AccountActor,
  input: AccountInput,
  use: Omit<TypedUse, "uses">,
): Promise<DryRun | DryRunFailure> {
  assertAdmin(actor);
  const { values, settings, imap } = await typedServers(actor, input, { ...use, uses: "imap" });
  if (!imap) throw noImapServer(settings.email);
  await takeTest(actor);
  const startedAt = performance.now();
  try {
    const since = sinceOf(values, new Date());
    const read = await readNewest(imap, settings.folder, since);
    return {
      ok: true,
      since: since?.toISOString() ?? null,
      isOnlyShown: values.startMode === "now",
      folder: settings.folder,
      ...(await summaryOf(read)),
      ms: Math.round(performance.now() - startedAt),
    };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const { message, fix, serverSaid } = error;
    return { ok: false, cause: message, fix, serverSaid };
  }
}

function sinceOf({ startMode, startDate }: AccountValues, now: Date): Date | null {
  switch (startMode) {
    case "all":
      return null;
    case "date":
      return startDate;
    case "now":
      return new Date(now.getTime() - DAYS_SHOWN * DAY_MS);
  }
}

/** A mail that was read; null where there was nothing to read. */
type Looked = { internalDate: Date; seen: ForeseenMail | null };

type Reading = { found: number; looked: Looked[] };

/** The mails of the range, oldest first; those there was no time for are missing at the beginning. */
async function readNewest(
  server: ServerSettings,
  folderName: string,
  since: Date | null,
): Promise<Reading> {
  const until = performance.now() + READING_MS;
  const folder = await ImapFolder.open(server, folderName, {
    allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
    signal: AbortSignal.timeout(LIMIT_MS),
    literalBytesMax: MAIL_BYTES_MAX * 2,
  });
  const looked: Looked[] = [];
  let tooOld = 0;
  try {
    const newestFirst = (await folder.uidsSince(since)).toReversed();
    for (const uids of chunksOf(newestFirst)) {
      const mails = await readTogether(folder, uids, looked.length > 0);
      const inRange = mails.filter(({ internalDate }) => isSince(internalDate, since));
      tooOld += mails.length - inRange.length;
      for (const mail of inRange.toReversed()) looked.push(await readMail(mail));
      if (looked.length >= MAILS_MAX || performance.now() > until) break;
    }
    const found = newestFirst.length - tooOld;
    return { found, looked: looked.slice(0, MAILS_MAX).reverse() };
  } finally {
    await folder.close();
  }
}

/** A few first, so that a slow server has shown something when the time is over. */
function chunksOf(uids: number[]): number[][] {
  const chunks: number[][] = [];
  for (let at = 0; at < uids.length; at += chunks.at(-1)?.length ?? 0)
    chunks.push(uids.slice(at, at + (at === 0 ? READ_FIRST : READ_TOGETHER)));
  return chunks;
}

/** Trouble after the first mails ends the reading and takes nothing away from what was read. */
async function readTogether(
  folder: ImapFolder,
  uids: number[],
  hasSome: boolean,
): Promise<MailBeginning[]> {
  try {
    return await folder.fetchBeginnings(uids, MAIL_BYTES_MAX);
  } catch (error) {
    if (hasSome && error instanceof MailError) return [];
    throw error;
  }
}

/** INTERNALDATE counts whole seconds, and so does the start of a poll. */
function isSince(date: Date, since: Date | null): boolean {
  return since === null || date.getTime() >= Math.floor(since.getTime() / 1000) * 1000;
}

/** Of 64 KB at most, so it may be done here; others get their turn in between. */
async function readMail({ raw, isWhole, internalDate }: MailBeginning): Promise<Looked> {
  await breathe();
  try {
    const { attachments, ...mail } = await parseMail(raw);
    const files = attachments.map(({ content: _content, ...file }) => file);
    // Hundreds are held at once, without what nothing is decided by.
    const kept = { ...mail, html: null, htmlText: null, attachments: files };
    return { internalDate, seen: { mail: kept, isWhole } };
  } catch (error) {
    if (!(error instanceof MailUnreadable)) throw error;
    return { internalDate, seen: null };
  }
}

async function summaryOf({ found, looked }: Reading) {
  const readable = looked.flatMap(({ seen }) => seen ?? []);
  const foreseen = await foresee(readable);
  const answers = new Map(readable.map((mail, at) => [mail, foreseen[at]]));
  const counts = { ticket: 0, reply: 0, automatic: 0, known: 0, own: 0, unreadable: 0 };
  let automaticTickets = 0;
  const mails: DryMail[] = [];
  for (const { internalDate, seen } of looked) {
    const answer = seen ? answers.get(seen) : undefined;
    const outcome = seen && answer ? outcomeOf(seen, answer) : "unreadable";
    counts[outcome] += 1;
    if (outcome === "automatic" && answer === "ticket") automaticTickets += 1;
    const from = seen?.mail.from;
    mails.push({
      at: internalDate.toISOString(),
      from: oneLine(from ? from.name || from.address : "unknown sender").slice(0, 100),
      subject: oneLine(seen?.mail.subject ?? "").slice(0, 150),
      outcome,
    });
  }
  const newest = mails.slice(-NAMED_MAX).reverse();
  return { found, looked: looked.length, counts, automaticTickets, mails: newest };
}

/** A robot's mail counts as that, whether it would open a ticket or be put on one; a list's answer is one. */
function outcomeOf({ mail: { automatic } }: ForeseenMail, foreseen: Foreseen): DryOutcome {
  if (automatic === null) return foreseen;
  const isQuiet = automatic.kind !== "list";
  return foreseen === "ticket" || (foreseen === "reply" && isQuiet) ? "automatic" : foreseen;
}
