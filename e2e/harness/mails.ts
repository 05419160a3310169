/** A mail as somebody's program would send it: only the headers that are given. */
export type MailParts = {
  from?: string;
  to?: string;
  subject?: string;
  messageId?: string;
  inReplyTo?: string;
  references?: string;
  date?: string | null;
  headers?: string[];
  text: string;
};

/** The bytes of a plain-text mail. `date: null` leaves the Date out. */
export function rawMail({ text, headers = [], ...parts }: MailParts): string {
  const date =
    parts.date === undefined ? new Date().toUTCString().replace("GMT", "+0000") : parts.date;
  const lines = [
    parts.from && `From: ${parts.from}`,
    parts.to && `To: ${parts.to}`,
    parts.subject && `Subject: ${parts.subject}`,
    date && `Date: ${date}`,
    parts.messageId && `Message-ID: <${parts.messageId}>`,
    parts.inReplyTo && `In-Reply-To: <${parts.inReplyTo}>`,
    parts.references && `References: ${parts.references}`,
    ...headers,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
  ];
  return `${lines.filter(Boolean).join("\r\n")}\r\n\r\n${text.replaceAll("\n", "\r\n")}\r\n`;
}

/** The value of a header of raw mail, unfolded; null when it isn't there. */
export function headerOf(raw: string, name: string): string | null {
  const head = raw.split(/\r?\n\r?\n/, 1)[0] ?? "";
  const unfolded = head.replace(/\r?\n[ \t]+/g, " ");
  const prefix = `${name.toLowerCase()}:`;
  const line = unfolded.split(/\r?\n/).find((each) => each.toLowerCase().startsWith(prefix));
  return line === undefined ? null : line.slice(prefix.length).trim();
}

/** The text of raw mail, quoted-printable decoded (RFC 2045 §6.7). */
export function textOf(raw: string): string {
  const body = raw.slice(raw.search(/\r?\n\r?\n/)).trimStart();
  if (headerOf(raw, "Content-Transfer-Encoding")?.toLowerCase() !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_whole, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The link to a page of the desk that a mail holds: its path. */
export function pathIn(raw: string, start: string): string {
  const url = textOf(raw)
    .match(/https?:\/\/\S+/g)
    ?.find((each) => new URL(each).pathname.startsWith(start));
  if (!url) throw new Error(`The mail holds no link to ${start}…: ${textOf(raw)}`);
  return new URL(url).pathname;
}
