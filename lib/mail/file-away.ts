import { createHash } from "node:crypto";
import type { Mail, MailFile, ReadMail } from "./mail";

/** A file of a mail to be kept: its hash, and its bytes where the raw mail does not give them. */
export type FiledAttachment = MailFile & { sha256: Uint8Array; bytes: Uint8Array | null };

/** A mail that was read, as it is handed on: no byte of it that stands in the raw mail as well. */
export type FiledMail = ReadMail & { attachments: FiledAttachment[] };

/** Takes the bytes out of a mail's attachments that are a range of the raw mail (MailFile.range). */
export function fileAway(mail: Mail): FiledMail {
  const attachments = mail.attachments.map(({ content, ...file }) => ({
    ...file,
    sha256: new Uint8Array(createHash("sha256").update(content).digest()),
    bytes: file.range ? null : content,
  }));
  return { ...mail, attachments };
}
