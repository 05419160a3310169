import type { Calendar } from "./calendar-summary";

/** One mailbox of an address header. `address` is never empty and its domain is lower-case. */
export type MailAddress = { name: string; address: string };

/** Where the bytes of a file stand in the raw mail, in bytes from its start, still encoded. */
export type RawRange = { offset: number; length: number; encoding: "IDENTITY" | "BASE64" };

/** A file that came with a mail. `size` is in bytes of the decoded content. */
export type MailFile = {
  filename: string;
  mediaType: string;
  size: number;
  contentId: string | null;
  /** It is an image that the HTML shows in its place. */
  inline: boolean;
  /** Set only where decoding these bytes of the raw mail gives exactly the content. */
  range: RawRange | null;
};

/** The same with its decoded bytes. */
export type MailAttachment = MailFile & { content: Uint8Array };

/** One header field, unfolded and decoded for display. */
export type MailHeader = { name: string; value: string };

export type AutomaticKind =
  | "auto-reply"
  | "out-of-office"
  | "bounce"
  | "receipt"
  | "feedback-report"
  | "list"
  | "bulk"
  | "own"
  | "loop";

/** Why a mail counts as written by a machine, in words an agent can read. */
export type Automatic = { kind: AutomaticKind; why: string };

/** What went wrong, in the terms of RFC 3463. */
export type BounceReason =
  | "no-address"
  | "no-domain"
  | "moved"
  | "disabled"
  | "full"
  | "too-large"
  | "sender"
  | "refused"
  | "unreachable"
  | "other";

export type BounceRecipient = {
  address: string;
  /** RFC 3463: class, subject and detail; x.0.0 where nobody says more. */
  status: string;
  /** A status of class 5: the same mail will never arrive there. */
  permanent: boolean;
  /** The server has not given up yet. */
  delayed: boolean;
  reason: BounceReason;
};

/** What a mail system says of a mail it could not deliver (RFC 3464, or its own words). */
export type Bounce = { recipients: BounceRecipient[]; originalMessageId: string | null };

/** The head of a mail somebody forwarded to us by hand. */
export type Forwarded = { from: MailAddress | null; subject: string | null; date: Date | null };

/** What the receiving server found, from its own Authentication-Results (RFC 8601). */
export type Authentication = {
  spf: string | null;
  dkim: string | null;
  dmarc: string | null;
  server: string | null;
};

/**
 * A parsed mail (RFC 5322) in memory. Every field obeys its limit, however large the input was;
 * `warnings` says what was cut, repaired or guessed.
 */
export type Mail = {
  /** First Message-ID, without brackets; null when missing or unusable. */
  messageId: string | null;
  /** Ids without brackets, original case, in header order; the last 50. */
  inReplyTo: string[];
  references: string[];
  from: MailAddress | null;
  /** Two From headers or two addresses: never trusted for joining a ticket. */
  fromIsAmbiguous: boolean;
  /** Two Message-ID headers: the first names the mail, but nothing is threaded by it. */
  messageIdIsAmbiguous: boolean;
  /** At most 50 of each. */
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  /** "" for the null return path `<>`. */
  returnPath: string | null;
  /** One line, at most 998 characters. */
  subject: string;
  /** null when missing, invalid or outside 1970-2100. */
  date: Date | null;
  dateHeader: string | null;
  /** What to read and search: the text part, or text made from the HTML. At most 256 KB. */
  text: string;
  /** As sent, not sanitised. At most 1 MB. */
  html: string | null;
  /** What the HTML says, where it says something else than `text`: to be found. At most 64 KB. */
  htmlText: string | null;
  newText: string;
  quotedText: string;
  /** At most 200, with safe file names. */
  attachments: MailAttachment[];
  /** What an attached calendar file is about. */
  calendar: Calendar | null;
  /** At most 500, values at most 10 KB. */
  headers: MailHeader[];
  automatic: Automatic | null;
  bounce: Bounce | null;
  /** The Message-ID of the mail that a bounce, a complaint or a read receipt is about. */
  aboutMessageId: string | null;
  forwarded: Forwarded | null;
  authentication: Authentication | null;
  /** The header by which the receiving server takes it for spam: a hint. */
  spamVerdict: string | null;
  warnings: string[];
};

/** A mail that was read, without the bytes of its files. */
export type ReadMail = Omit<Mail, "attachments"> & { attachments: MailFile[] };
