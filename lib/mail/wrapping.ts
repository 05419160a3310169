import type { MailAttachment } from "./mail";

/** How a mail's content is wrapped so that we, or the agent, cannot see all of it. */
export type Wrapping = "encrypted" | "signed" | "winmail";

const TYPES = new Map<string, Wrapping>([
  ["application/pkcs7-mime", "encrypted"],
  ["application/x-pkcs7-mime", "encrypted"],
  ["application/pgp-encrypted", "encrypted"],
  ["application/pkcs7-signature", "signed"],
  ["application/x-pkcs7-signature", "signed"],
  ["application/pgp-signature", "signed"],
  ["application/ms-tnef", "winmail"],
  ["application/vnd.ms-tnef", "winmail"],
]);

/** What `desk mail explain` says of each; nothing needs doing about a signature. */
const REMARKS = {
  encrypted: "The mail is encrypted or sealed; its text can only be read by the recipient",
  winmail: "Outlook packed parts of this mail into winmail.dat",
} as const;

/**
 * Names the wrappings of a mail, each once: S/MIME (RFC 8551) and PGP (RFC 3156, or as lines in the
 * text), and Outlook's TNEF, which is winmail.dat also where it is called octet-stream.
 */
export function wrappingsOf(mail: {
  attachments: readonly Pick<MailAttachment, "mediaType" | "filename">[];
  text: string;
}): Wrapping[] {
  const found = new Set<Wrapping>();
  for (const { mediaType, filename } of mail.attachments) {
    const wrapping = TYPES.get(mediaType);
    if (wrapping) found.add(wrapping);
    if (/^winmail\.dat$/i.test(filename)) found.add("winmail");
  }
  if (/^-----BEGIN PGP MESSAGE-----$/m.test(mail.text)) found.add("encrypted");
  if (/^-----BEGIN PGP SIGNED MESSAGE-----$/m.test(mail.text)) found.add("signed");
  return [...found];
}

/** The remark that a wrapping deserves among the warnings; null when none. */
export function wrappingRemark(wrapping: Wrapping): string | null {
  return wrapping === "signed" ? null : REMARKS[wrapping];
}

/** Whether a warning is such a remark: the ticket page says it in a place of its own. */
export function isWrappingRemark(warning: string): boolean {
  return Object.values<string>(REMARKS).includes(warning);
}
