import { describe, expect, test } from "vitest";
import { PROVIDERS } from "./provider-table";
import {
  detectByAddress,
  detectByHost,
  detectByMx,
  guessImapHost,
  looksLikeAppPassword,
  portWarning,
  securityForPort,
} from "./providers";

describe("detectByHost", () => {
  const cases: [string, string, string | undefined][] = [
    ["smtp.gmail.com", "google", "imap.gmail.com"],
    ["SMTP.Gmail.com.", "google", "imap.gmail.com"],
    ["smtp.office365.com", "microsoft", "outlook.office365.com"],
    ["outlook.office365.com", "microsoft", "outlook.office365.com"],
    ["smtp-mail.outlook.com", "outlook", "outlook.office365.com"],
    ["smtp.mail.me.com", "icloud", "imap.mail.me.com"],
    ["smtppro.zoho.eu", "zoho-eu", "imap.zoho.eu"],
    ["smtp.ionos.co.uk", "ionos", "imap.ionos.de"],
    ["mail.gmx.net", "gmx-net", "imap.gmx.net"],
  ];
  test.each(cases)("%s is %s and reads mail at %s", (host, id, imapHost) => {
    const provider = detectByHost(host);
    expect(provider?.id).toBe(id);
    expect(provider?.imap).toEqual({ host: imapHost, port: 993, security: "tls" });
  });

  test.each([
    "mail.example.com",
    "smtp.gmail.com.evil.example",
    "gmail.com",
    "",
    "smtp.ionos.evil.example",
  ])("%j is nobody's", (host) => {
    expect(detectByHost(host)).toBeNull();
  });
});

describe("detectByAddress", () => {
  const cases: [string, string | null][] = [
    ["jo@gmail.com", "google"],
    ["Jo@GoogleMail.com", "google"],
    ["jo@outlook.de", "outlook"],
    ["jo@hotmail.co.uk", "outlook"],
    ["jo@acme.onmicrosoft.com", "microsoft"],
    ["jo@yahoo.co.jp", "yahoo"],
    ["jo@icloud.com", "icloud"],
    ["jo@gmx.at", "gmx-net"],
    ["jo@gmx.us", "gmx"],
    ["jo@proton.me", "proton"],
    ["jo@example.com", null],
    ["jo@outlook.evil.example", null],
    ["jo", null],
  ];
  test.each(cases)("%s belongs to %s", (address, id) => {
    expect(detectByAddress(address)?.id ?? null).toBe(id);
  });

  test("Proton has no IMAP server to connect to, and says so", () => {
    expect(detectByAddress("jo@proton.me")).toMatchObject({ imap: null, smtp: null });
    expect(detectByAddress("jo@proton.me")?.notes.join()).toContain("Bridge");
  });
});

test("own domains are recognised by where their mail is received", () => {
  expect(detectByMx(["aspmx.l.google.com"])?.id).toBe("google");
  expect(detectByMx(["acme-com.mail.protection.outlook.com."])?.id).toBe("microsoft");
  expect(detectByMx(["in1-smtp.messagingengine.com"])?.id).toBe("fastmail");
  expect(detectByMx(["mx.example.com"])).toBeNull();
  expect(detectByMx([])).toBeNull();
});

test("every provider with servers uses TLS or STARTTLS as its ports say", () => {
  for (const { imap, smtp } of PROVIDERS) {
    if (imap) expect(imap.security).toBe(securityForPort(imap.port, "imap"));
    if (smtp) expect(smtp.security).toBe(securityForPort(smtp.port, "smtp"));
  }
});

test("every provider has its own id", () => {
  const ids = PROVIDERS.map((provider) => provider.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("ports decide how a connection is secured, never in the clear", () => {
  expect(securityForPort(993, "imap")).toBe("tls");
  expect(securityForPort(143, "imap")).toBe("starttls");
  expect(securityForPort(465, "smtp")).toBe("tls");
  expect(securityForPort(587, "smtp")).toBe("starttls");
  expect(securityForPort(25, "smtp")).toBe("starttls");
  expect(securityForPort(2525, "smtp")).toBe("starttls");
});

test("a port of the other protocol is pointed out", () => {
  expect(portWarning(465, "imap")).toContain("993");
  expect(portWarning(995, "imap")).toContain("POP3");
  expect(portWarning(993, "smtp")).toContain("587");
  expect(portWarning(25, "smtp")).toContain("587");
  expect(portWarning(993, "imap")).toBeNull();
  expect(portWarning(587, "smtp")).toBeNull();
  expect(portWarning(1143, "imap")).toBeNull();
});

test("an everyday password where an app password goes is noticed", () => {
  const google = { id: "google" };
  expect(looksLikeAppPassword(google, "abcd efgh ijkl mnop")).toBe(true);
  expect(looksLikeAppPassword(google, "Summer2026!")).toBe(false);
  expect(looksLikeAppPassword({ id: "icloud" }, "abcd-efgh-ijkl-mnop")).toBe(true);
  expect(looksLikeAppPassword({ id: "icloud" }, "Summer2026!")).toBe(false);
  expect(looksLikeAppPassword(null, "anything")).toBe(true);
});

test("an IMAP host is guessed only from names that suggest one", () => {
  expect(guessImapHost("smtp.example.com")).toBe("imap.example.com");
  expect(guessImapHost("mail.example.com")).toBe("mail.example.com");
  expect(guessImapHost("example.com")).toBeNull();
  expect(guessImapHost("post.example.com")).toBeNull();
});
