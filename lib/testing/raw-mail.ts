export type RawMail = {
  /** The From value; null leaves the header out. */
  from?: string | null;
  to?: string;
  cc?: string;
  subject?: string;
  text?: string;
  /** Without brackets; null leaves the header out. */
  messageId?: string | null;
  inReplyTo?: string;
  references?: string[];
  /** null leaves the header out. */
  date?: Date | null;
  /** Whole header lines. */
  headers?: string[];
};

let counter = 0;

/** The Message-ID the next mail of rawMail() gets when none is given. */
export function nextMessageId(): string {
  return `mail.${counter + 1}@customer.test`;
}

/** A plain text mail as bytes on the wire would have it, sent now by a customer unless told otherwise. */
export function rawMail(fields: RawMail = {}): string {
  counter += 1;
  const { from, messageId, date } = fields;
  const lines = [
    from === null ? null : `From: ${from ?? "Carla Customer <customer@customer.test>"}`,
    `To: ${fields.to ?? "support@example.test"}`,
    fields.cc && `Cc: ${fields.cc}`,
    `Subject: ${fields.subject ?? `Question ${counter}`}`,
    messageId === null ? null : `Message-ID: <${messageId ?? `mail.${counter}@customer.test`}>`,
    fields.inReplyTo && `In-Reply-To: <${fields.inReplyTo}>`,
    fields.references?.length &&
      `References: ${fields.references.map((id) => `<${id}>`).join(" ")}`,
    date === null ? null : `Date: ${(date ?? new Date()).toUTCString().replace("GMT", "+0000")}`,
    ...(fields.headers ?? []),
  ];
  const text = (fields.text ?? `Hello, this is mail ${counter}.`).replaceAll("\n", "\r\n");
  return `${lines.filter(Boolean).join("\r\n")}\r\n\r\n${text}\r\n`;
}

/**
 * A delivery status report (RFC 3464) about a mail that could not be delivered, as a mail server
 * sends it.
 */
export function rawBounce(report: { messageId: string; to: string; address: string }): string {
  const boundary = "report-boundary";
  return rawMail({
    from: "Mail Delivery System <MAILER-DAEMON@mail.example.test>",
    to: report.to,
    subject: "Undelivered Mail Returned to Sender",
    headers: [
      "Return-Path: <>",
      "Auto-Submitted: auto-replied",
      "MIME-Version: 1.0",
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    ],
    text: [
      `--${boundary}`,
      "Content-Type: text/plain; charset=us-ascii",
      "",
      "Your mail could not be delivered.",
      "",
      `--${boundary}`,
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mail.example.test",
      "",
      `Final-Recipient: rfc822; ${report.address}`,
      "Action: failed",
      "Status: 5.1.1",
      "Diagnostic-Code: smtp; 550 5.1.1 no such user",
      "",
      `--${boundary}`,
      "Content-Type: text/rfc822-headers",
      "",
      `Message-ID: <${report.messageId}>`,
      `To: ${report.address}`,
      "",
      `--${boundary}--`,
    ].join("\n"),
  });
}
