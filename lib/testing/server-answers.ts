import { expect } from "vitest";
import { explainMailError, type MailErrorPlace } from "../mail/explain-error";

type Kind = "auth" | "transient" | "permanent" | "config";
/** A server with what it answers, and what must be made of it. */
export type AnswerRow = [server: string, answer: string, kind: Kind, cause: RegExp, fix: RegExp];

const OWN = "mail.example.com";
const HOSTS: Record<string, [imap: string, smtp: string]> = {
  Gmail: ["imap.gmail.com", "smtp.gmail.com"],
  "Microsoft 365": ["outlook.office365.com", "smtp.office365.com"],
  "Outlook.com": ["outlook.office365.com", "smtp-mail.outlook.com"],
  Yahoo: ["imap.mail.yahoo.com", "smtp.mail.yahoo.com"],
  AOL: ["imap.aol.com", "smtp.aol.com"],
  iCloud: ["imap.mail.me.com", "smtp.mail.me.com"],
  Fastmail: ["imap.fastmail.com", "smtp.fastmail.com"],
  Zoho: ["imap.zoho.com", "smtp.zoho.com"],
  Yandex: ["imap.yandex.com", "smtp.yandex.com"],
  "Mail.ru": ["imap.mail.ru", "smtp.mail.ru"],
};

const place = (server: string, protocol: "imap" | "smtp"): MailErrorPlace => ({
  protocol,
  host: HOSTS[server.replace(/:.*/, "")]?.[protocol === "imap" ? 0 : 1] ?? OWN,
  port: protocol === "imap" ? 993 : 587,
  security: protocol === "imap" ? "tls" : "starttls",
  username: "support@example.com",
});

/** As imapflow throws the answer to LOGIN or AUTHENTICATE. */
export function imapRefusal(answer: string): Error {
  const [, code, text = answer] = /^(?:NO|BAD) (?:\[([A-Z-]+)[^\]]*\] ?)?(.*)$/s.exec(answer) ?? [];
  return Object.assign(new Error("Command failed"), {
    ...{ authenticationFailed: true, response: answer, responseText: text },
    ...(code ? { serverResponseCode: code } : {}),
  });
}

/** As imapflow throws the answer to any later command. */
export function imapFailure(answer: string): Error {
  return Object.assign(imapRefusal(answer), { authenticationFailed: undefined });
}

/** As nodemailer throws an answer; to AUTH it adds its own words. */
export function smtpError(
  code: "EAUTH" | "EENVELOPE" | "EMESSAGE" | "ECONNECTION",
  answer: string,
): Error {
  const message = code === "EAUTH" ? `Invalid login: ${answer}` : `Failed: ${answer}`;
  return Object.assign(new Error(message), {
    ...{ code, response: answer, responseCode: Number(answer.slice(0, 3)) },
  });
}

/** Whether the error of a row is explained as the row says. */
export function expectExplained(
  error: Error,
  protocol: "imap" | "smtp",
  [server, , kind, cause, fix]: AnswerRow,
): void {
  const explained = explainMailError(error, place(server, protocol));
  expect(explained).toMatchObject({
    ...{ kind, cause: expect.stringMatching(cause), fix: expect.stringMatching(fix) },
  });
}
