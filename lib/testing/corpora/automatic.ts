import type { Automatic } from "@/lib/mail/mail";

/** A mail that is automatic, and the words of the mail itself, as it came, which prove it. */
export type MachineMail = { name: string; kind: Automatic["kind"]; words: string };

/**
 * Which mails of the sets are automatic, each read by us: by the field that says so (RFC 3834 §5,
 * RFC 2919, RFC 2369; Precedence and X-Autoreply of before them), by a delivery report (RFC 3464), or
 * by the words of a mail system. All else in these sets was written by people, is a lone text or part
 * without a header, or is advertising that has nothing but its words to tell it apart: what is found
 * among it is found wrongly. The set of bounces has its own answers and is not judged by this list.
 */
const MACHINE_MAILS: Record<string, MachineMail[]> = {
  "mime-trees": [
    {
      name: "thirdparty/014.eml",
      kind: "list",
      words: "List-Id: Shapelib Development <shapelib.lists.maptools.org>",
    },
  ],
  mime4j: [
    // "Mail System Error - Returned Mail" of a postmaster, with the mail behind it.
    {
      name: "mimetools-testmsgs/badbound.msg",
      kind: "bounce",
      words: "This Message was undeliverable due to the following reason:",
    },
    { name: "mimetools-testmsgs/jt-0498.msg", kind: "list", words: "X-Majordomo: 1.94.jlt7" },
  ],
  "mail-gem": [
    // Advertising that at least says what it is.
    {
      name: "spec/fixtures/emails/error_emails/bad_date_header.eml",
      kind: "bulk",
      words: "Precedence: junk",
    },
    {
      name: "spec/fixtures/emails/error_emails/empty_in_reply_to.eml",
      kind: "list",
      words: "List-Id:  abuser@rg.com Mailing List",
    },
    {
      name: "spec/fixtures/emails/mime_emails/raw_email_with_mimepart_without_content_type.eml",
      kind: "bounce",
      words: "Final-Recipient: RFC822; larose.julie@courrier.uqam.ca",
    },
    ...[1, 2].map(
      (number): MachineMail => ({
        name: `spec/fixtures/emails/multipart_report_emails/multi_address_bounce${number}.eml`,
        kind: "bounce",
        words: "Final-Recipient: rfc822; bbbbvhvbbvkjbhfbvbvjhb@gmail.com",
      }),
    ),
    {
      name: "spec/fixtures/emails/multipart_report_emails/multipart_report_multiple_status.eml",
      kind: "bounce",
      words: "Final-Recipient: RFC822; <u@ci.com>",
    },
    {
      name: "spec/fixtures/emails/multipart_report_emails/report_422.eml",
      kind: "bounce",
      words: "Auto-Submitted: auto-generated (warning-timeout)",
    },
    {
      name: "spec/fixtures/emails/multipart_report_emails/report_530.eml",
      kind: "bounce",
      words: "   ----- The following addresses had permanent fatal errors -----",
    },
  ],
  "helpdesk-chatwoot": [
    { name: "auto_reply.eml", kind: "auto-reply", words: "X-Autoreply: yes" },
    {
      name: "auto_reply_with_auto_submitted.eml",
      kind: "bulk",
      words: "Auto-Submitted: auto-generated",
    },
    {
      name: "bounced_with_no_from.eml",
      kind: "bounce",
      words: "Subject: Undelivered Mail Returned to Sender",
    },
    { name: "non_utf_encoded_mail.eml", kind: "auto-reply", words: "Auto-Submitted: auto-replied" },
  ],
};

/** What was found automatic in a set, by mail, once for each form of the mail that was read. */
export type FoundAutomatic = { name: string; kind: string; why: string; raw: Uint8Array };

export type AutomaticJudgement = {
  /** Mails of the set that are automatic. */
  listed: number;
  /** Found, but not such mail of the list: each with what was found. */
  wrong: { name: string; found: string }[];
  /** Of the list, but not found, or without the words that should prove it. */
  missed: string[];
};

/** Compares what was found in a set with the list; null for the set that has its own answers. */
export function judgeAutomatic(
  set: string,
  found: readonly FoundAutomatic[],
): AutomaticJudgement | null {
  if (set === "bounces") return null;
  const mails = MACHINE_MAILS[set] ?? [];
  const isOf = (mail: MachineMail, { name, kind }: FoundAutomatic) =>
    mail.name === name && mail.kind === kind;
  const wrong = found.filter((each) => !mails.some((mail) => isOf(mail, each)));
  const missed = mails.filter(
    (mail) =>
      !found.some(
        (each) => isOf(mail, each) && Buffer.from(each.raw).toString("latin1").includes(mail.words),
      ),
  );
  return {
    listed: mails.length,
    wrong: wrong.map(({ name, kind, why }) => ({ name, found: `${kind}: ${why}` })),
    missed: missed.map(({ name, kind }) => `${name}: ${kind}`),
  };
}
