import { expect, it } from "vitest";
import { explainMailError } from "@/lib/mail/explain-error";
import { guideFor } from "./guide-link";

const refused = (host: string, protocol: "imap" | "smtp") =>
  explainMailError(
    Object.assign(new Error("Command failed"), { authenticationFailed: true, code: "EAUTH" }),
    { protocol, host, port: 993, security: "tls", username: "support@example.com" },
  ).cause;

it.each([
  ["imap.gmail.com", "imap", "/help/gmail-app-password"],
  ["smtp.gmail.com", "smtp", "/help/gmail-app-password"],
  ["outlook.office365.com", "imap", "/help/email-setup#microsoft"],
  ["smtp.office365.com", "smtp", "/help/email-setup#microsoft"],
  ["mail.example.com", "imap", "/help/email-troubleshooting#the-imap-connection-test-failed"],
] as const)("a password that %s refuses over %s leads to %s", (host, protocol, href) => {
  expect(guideFor(refused(host, protocol)).href).toBe(href);
});
