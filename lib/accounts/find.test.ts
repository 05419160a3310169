import { describe, expect, it } from "vitest";
import { type Found, findServers } from "../discovery/find-servers";
import type { FoundServer } from "../discovery/look";
import { findingOf } from "./find";

const server = (more: Partial<FoundServer> = {}): FoundServer => ({
  ...{ host: "mail.acme.com", port: 993, security: "tls", username: "", way: "autoconfig" },
  ...more,
});

const found = (more: Partial<Found>): Found => ({
  ...{ domain: "acme.com", provider: null, attempts: [], imap: null, smtp: null },
  ...more,
});

const known = async (email: string) => {
  const result = await findServers(email, null);
  if (!result) throw new Error(`${email} is nobody's`);
  return findingOf(result, true);
};

describe("what the form says of found servers", () => {
  it.each([
    [server(), server({ port: 465 }), "Found by acme.com’s autoconfig file."],
    [server({ way: "srv" }), server({ way: "srv" }), "Found by acme.com’s SRV records."],
    [server({ way: "guess" }), server({ way: "guess" }), "Found by trying usual names."],
    [
      server({ way: "srv" }),
      server({ way: "guess" }),
      "SMTP was found by trying usual names, IMAP by acme.com’s SRV records.",
    ],
    [
      null,
      server({ way: "srv" }),
      "The SMTP server was found by acme.com’s SRV records. None was found for IMAP.",
    ],
    [
      server({ way: "guess" }),
      null,
      "The IMAP server was found by trying usual names. None was found for SMTP.",
    ],
    [null, null, null],
  ])("by which way: %#", (imap, smtp, source) => {
    expect(findingOf(found({ imap, smtp }), true).source).toBe(source);
  });

  it("fills the fields, and leaves the encryption to the port where that says it", () => {
    const smtp = server({ port: 2525, security: "tls", username: "help@acme.com" });
    const imap = server({ port: 993, username: "help@acme.com" });
    expect(findingOf(found({ smtp, imap }), true).fields).toEqual({
      ...{ smtpHost: "mail.acme.com", smtpPort: "2525", smtpSecurity: "tls" },
      ...{ smtpUsername: "help@acme.com", imapHost: "mail.acme.com", imapPort: "993" },
      ...{ imapSecurity: "auto", imapUsername: "" },
    });
    const other = findingOf(found({ smtp, imap: server({ username: "help" }) }), true);
    expect(other.fields.imapUsername).toBe("help");
  });

  it("names servers outside of the domain that only DNS vouches for", () => {
    const srv = (host: string) => server({ host, way: "srv" });
    const strangers = (smtp: FoundServer, imap: FoundServer) =>
      findingOf(found({ smtp, imap }), true).strangers;
    expect(strangers(srv("mail.acme.com"), srv("acme.com"))).toEqual([]);
    expect(strangers(srv("mail.notacme.com"), srv("mail.notacme.com"))).toEqual([
      "mail.notacme.com",
    ]);
    expect(strangers(server({ host: "mail.hoster.net" }), srv("acme.com.evil.net"))).toEqual([
      "acme.com.evil.net",
    ]);
  });
});

describe("what cannot work is said before it is tried:", () => {
  it.each(["a@hotmail.com", "a@acme.onmicrosoft.com"])("%s takes no password", async (email) => {
    expect((await known(email)).obstacle).toMatch(/Microsoft accepts no password of any kind/);
  });

  it("Proton needs its Bridge", async () => {
    const finding = await known("a@proton.me");
    expect(finding).toMatchObject({ imap: null, smtp: null, source: null });
    expect(finding.obstacle).toMatch(/Bridge/);
  });

  it("not where a password of some kind works", async () => {
    const finding = await known("a@gmail.com");
    expect(finding.obstacle).toBeNull();
    expect(finding.provider).toMatchObject({
      signIn: "app-password",
      appPasswordUrl: "https://myaccount.google.com/apppasswords",
    });
    expect(finding.source).toBe("Found by the address: gmail.com is Gmail or Google Workspace.");
  });
});

it("iCloud reads with the part before the @ and sends with the address", async () => {
  const { fields } = await known("nora@icloud.com");
  expect(fields).toMatchObject({ imapUsername: "nora", smtpUsername: "", smtpPort: "587" });
});
