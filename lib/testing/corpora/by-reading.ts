import { readFileSync } from "node:fs";
import path from "node:path";
import type { Mail } from "@/lib/mail/mail";
import { compareParts, type ExpectedPart, isShown } from "./attachments";
import { filesBelow } from "./files";
import { addressesIn, leavesOf, type ReadPart, readable, readMail, valuesOf } from "./reading";
import { type CorpusSet, type Difference, differ, folded } from "./score";

/** Sets without an answer beside them: a second, plain reading of each mail says what is claimed. */
export const mailGem: CorpusSet = readingSet("mail-gem", "mail-gem");
export const helpdeskChatwoot: CorpusSet = readingSet("helpdesk-chatwoot", "helpdesk-chatwoot/eml");
export const helpdeskDjango: CorpusSet = readingSet("helpdesk-django", "helpdesk-django/eml");

function readingSet(name: string, folder: string): CorpusSet {
  return {
    name,
    read(root) {
      const base = path.join(root, folder);
      return filesBelow(base, ".eml").map((file) => ({
        name: file,
        async judge(parse) {
          const raw = readFileSync(path.join(base, file));
          return compareReading(readMail(raw), await parse(raw));
        },
      }));
    },
  };
}

function compareReading(read: ReadPart, mail: Mail): Difference[] {
  return [
    ...compareFrom(read, mail),
    ...compareSubject(read, mail),
    ...compareReferences(read, mail),
    ...compareAutomatic(read, mail),
    ...compareBodies(read, mail),
  ];
}

function compareFrom(read: ReadPart, mail: Mail): Difference[] {
  const values = valuesOf(read, "from").flatMap(addressesIn);
  const got = mail.from?.address.toLowerCase() ?? null;
  const isSame = got === null ? values.length === 0 : values.includes(got);
  return differ("from", values.join(" or ") || null, got, isSame);
}

function compareSubject(read: ReadPart, mail: Mail): Difference[] {
  const [value = ""] = valuesOf(read, "subject");
  const expected = readable(value);
  if (expected !== null) return differ("subject", folded(visible(expected)), folded(mail.subject));
  const isSensible = mail.subject !== "" && !mail.subject.includes("\ufffd");
  return differ("subject", value, mail.subject, isSensible);
}

/** What cannot be seen is left out of subjects, so that none looks like another. */
function visible(text: string): string {
  return text.replace(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, "");
}

function compareReferences(read: ReadPart, mail: Mail): Difference[] {
  const ids = (name: string) =>
    valuesOf(read, name)
      .slice(0, 1)
      .flatMap((value) => [...value.matchAll(/<([^<>\s]+)>/g)].map(([, id]) => id ?? ""));
  return [
    ...compareIds("in-reply-to", ids("in-reply-to"), mail.inReplyTo),
    ...compareIds("references", ids("references").slice(-50), mail.references),
  ];
}

/** A header without ids in brackets claims nothing. */
function compareIds(aspect: string, expected: string[], got: string[]): Difference[] {
  return expected.length === 0 ? [] : differ(aspect, expected.join(" "), got.join(" "));
}

/** RFC 3834 §5 and §2, RFC 2919, RFC 6522, and the Precedence and X-Autoreply of older systems. */
function compareAutomatic(read: ReadPart, mail: Mail): Difference[] {
  const says = (name: string, pattern: RegExp) =>
    valuesOf(read, name).some((value) => pattern.test(value));
  const claims =
    says("auto-submitted", /^\s*(?!no\b)\w/i) ||
    says("x-autoreply", /^yes/i) ||
    says("x-autorespond", /\S/) ||
    says("precedence", /^\s*(bulk|list|junk|auto_?reply)/i) ||
    says("list-id", /\S/) ||
    says("list-unsubscribe", /\S/) ||
    says("x-mailing-list", /\S/) ||
    says("x-auto-response-suppress", /\b(all|autoreply)\b/i) ||
    says("return-path", /^\s*<\s*>\s*$/) ||
    says("x-failed-recipients", /@/) ||
    says("from", /\bmailer-daemon@/i) ||
    read.mediaType === "multipart/report";
  const got = mail.automatic;
  return differ("automatic", String(claims), got?.why ?? "false", claims === (got !== null));
}

/** Every attachment with name and bytes; the plain text shown, or the HTML where there is none. */
function compareBodies(read: ReadPart, mail: Mail): Difference[] {
  const leaves = leavesOf(read);
  const isBody = (part: ReadPart) =>
    /^text\/(plain|html)$/.test(part.mediaType) &&
    part.filename === null &&
    part.disposition !== "attachment";
  const bodies = leaves.filter(isBody);
  const plain = bodies.filter(({ mediaType }) => mediaType === "text/plain");
  const shown = plain.some(({ text }) => text === null || text.trim() !== "") ? plain : bodies;
  return [
    ...compareParts(leaves.filter((part) => !isBody(part)).map(expectedPart), mail),
    ...shown
      .flatMap(({ text }) => text ?? [])
      .filter((text) => text.trim() !== "")
      .flatMap((text) => differ("text", folded(text), folded(mail.text), isShown(text, mail))),
  ];
}

function expectedPart(part: ReadPart): ExpectedPart {
  return {
    filename: part.filename,
    isAttachment: part.disposition === "attachment" || part.filename !== null,
    bytes: part.bytes,
    text: part.text,
    charset: null,
  };
}
