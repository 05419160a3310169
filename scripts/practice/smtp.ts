import { SMTPServer } from "smtp-server";
import { CUSTOMER, type PracticeSettings, SUPPORT } from "./settings";

const SIZE_MAX = 50 * 1024 * 1024;

/** Whose inbox a mail goes to, and who handed it in. */
export type Delivery = { to: "support" | "customer"; isFromCustomer: boolean; raw: Buffer };

/**
 * Takes mail on 127.0.0.1 from the desk and from the practice customer, for any recipient:
 * what is not for the desk lands in the customer's inbox, and nothing is ever passed on.
 */
export function startSmtp(
  settings: PracticeSettings,
  deliver: (delivery: Delivery) => void,
): SMTPServer {
  const server = new SMTPServer({
    name: "practice.test",
    banner: "Mailroom practice mail server",
    // A password in the clear never leaves the loopback interface.
    hideSTARTTLS: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: SIZE_MAX,
    onAuth({ username, password }, _session, done) {
      const known = [SUPPORT, CUSTOMER].includes(username ?? "");
      if (known && password === settings.password) return done(null, { user: username });
      done(new Error("Wrong user name or password"));
    },
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (stream.sizeExceeded) return done(new Error("The mail is too large"));
        const from = envelope.mailFrom ? envelope.mailFrom.address : "";
        const raw = Buffer.concat([traceHeader(from), ...chunks]);
        const recipients = envelope.rcptTo.map(({ address }) => address.toLowerCase());
        const isFromCustomer = user === CUSTOMER;
        if (recipients.includes(SUPPORT)) deliver({ to: "support", isFromCustomer, raw });
        if (recipients.some((address) => address !== SUPPORT))
          deliver({ to: "customer", isFromCustomer, raw });
        done();
      });
    },
  });
  server.listen(settings.smtpPort, "127.0.0.1");
  return server;
}

/** What a receiving server writes on top (RFC 5321 §4.4). */
export function traceHeader(from: string, now = new Date()): Buffer {
  const date = now.toUTCString().replace("GMT", "+0000");
  return Buffer.from(
    `Return-Path: <${from}>\r\nReceived: by practice.test (Mailroom practice mail server); ${date}\r\n`,
  );
}
