import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { MailFolder } from "./mail-folder";
import { traceHeader } from "./smtp";

const FOLDER = path.join(import.meta.dirname, "samples");

/** How old the newest sample looks when it is first loaded. */
const NEWEST_AGE_MS = 12 * 60_000;

type Sample = { name: string; raw: Buffer; date: Date };

/** The samples in the order of their names, which begin with a number. */
function readSamples(): Sample[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".eml"))
    .sort()
    .map((file) => {
      const raw = withCrlf(readFileSync(path.join(FOLDER, file)));
      const name = file.replace(/^\d+-/, "").replace(/\.eml$/, "");
      return { name, raw, date: new Date(headerOf(raw, "Date") ?? 0) };
    });
}

/**
 * Puts the samples into `inbox` that are not there yet. Their dates move together, so that the
 * newest is a few minutes old and a conversation keeps its pace.
 */
export function loadSamples(inbox: MailFolder, now = new Date()): void {
  const samples = readSamples();
  const newest = Math.max(...samples.map(({ date }) => date.getTime()));
  const shiftMs = now.getTime() - NEWEST_AGE_MS - newest;
  const loaded = new Set(inbox.list().map(({ label }) => label));
  for (const { name, raw, date } of samples) {
    const label = `sample-${name}`;
    if (loaded.has(label)) continue;
    const at = new Date(date.getTime() + shiftMs);
    inbox.add(label, arrived(withHeader(raw, "Date", rfcDate(at)), at), at);
  }
}

/** What the practice page offers to send; each is made from the sample of that name. */
export const KINDS = [
  { id: "order-question", label: "A question about an order (HTML)" },
  { id: "damaged-parcel", label: "A complaint with a photo" },
  { id: "invoice-question", label: "A question with a PDF" },
  { id: "login-trouble-3", label: "Another answer in a conversation" },
  { id: "rucksack", label: "A mail in German" },
  { id: "japanese", label: "A mail in Japanese" },
  { id: "arabic", label: "A mail in Arabic, right to left" },
  { id: "spanish", label: "A mail in Spanish" },
  { id: "out-of-office", label: "An automatic out-of-office reply" },
  { id: "bounce", label: "A delivery failure" },
  { id: "scanner", label: "A mail without a Message-ID" },
] as const;

/**
 * A new mail of a kind: the sample with a Message-ID and a date of its own.
 * @returns null for a kind there is no sample of.
 */
export function renewSample(kind: string, messageId: string, now = new Date()): Buffer | null {
  const sample = readSamples().find(({ name }) => name === kind);
  if (!sample || !KINDS.some(({ id }) => id === kind)) return null;
  const dated = withHeader(sample.raw, "Date", rfcDate(now));
  return arrived(withHeader(dated, "Message-ID", `<${messageId}>`), now);
}

/** The value of a header field on one line; null when the mail has none. */
export function headerOf(raw: Buffer, name: string): string | null {
  const head = raw.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
  return new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(head)?.[1]?.trim() ?? null;
}

/** Replaces a header field that stands on one line; a mail without it stays without it. */
function withHeader(raw: Buffer, name: string, value: string): Buffer {
  const text = raw.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end).replace(new RegExp(`^${name}:.*$`, "im"), `${name}: ${value}`);
  return Buffer.from(head + text.slice(end), "latin1");
}

function arrived(raw: Buffer, at: Date): Buffer {
  const from = /<?([^<>\s]+@[^<>\s]+)>?\s*$/.exec(headerOf(raw, "From") ?? "")?.[1] ?? "";
  // A delivery failure has no sender, or it could cause another one (RFC 5321 §4.5.5).
  return Buffer.concat([traceHeader(/^mailer-daemon@/i.test(from) ? "" : from, at), raw]);
}

const rfcDate = (date: Date) => date.toUTCString().replace("GMT", "+0000");

/** The samples are kept with the line ends of the checkout; mail has CRLF (RFC 5322 §2.3). */
const withCrlf = (raw: Buffer) =>
  Buffer.from(raw.toString("latin1").replace(/\r?\n/g, "\r\n"), "latin1");
