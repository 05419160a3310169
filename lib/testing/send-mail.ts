import type { SendMailOptions } from "nodemailer";
import type { ServerSettings, TransportOptions } from "../transport/server-settings";
import { type SentMail, SmtpSender } from "../transport/smtp";

/** Sends one mail over a connection of its own. @throws MailError as SmtpSender.send() does */
export async function sendMail(
  server: ServerSettings,
  message: SendMailOptions,
  options: TransportOptions,
): Promise<SentMail> {
  const sender = new SmtpSender(server, options);
  try {
    return await sender.send(message);
  } finally {
    sender.close();
  }
}
