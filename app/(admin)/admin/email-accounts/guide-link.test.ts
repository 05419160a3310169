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
  ["outlook.office365.com", "imap", "/help/sign-in-apps#microsoft"],
  ["smtp.office365.com", "smtp", "/help/sign-in-apps#microsoft"],
  ["mail.example.com", "imap", "/help/email-troubleshooting#the-imap-connection-test-failed"],
] as const)("a password that %s refuses over %s leads to %s", (host, protocol, href) => {
  expect(guideFor(refused(host, protocol)).href).toBe(href);
});

it.each([
  ["Google ended this sign-in: consent was withdrawn.", "/help/sign-in-apps#google"],
  ["The client secret of Mailroom's app at Microsoft has expired.", "/help/sign-in-apps#microsoft"],
])("“%s” leads to %s", (cause, href) => {
  expect(guideFor(cause).href).toBe(href);
});
