import { describe, expect, it } from "vitest";
import { detectServers } from "./detect";

const nobody = async () => [];

describe("detecting servers", () => {
  it("finds IMAP by the SMTP host, as the guide says for Gmail and Outlook", async () => {
    const gmail = await detectServers({ email: "a@gmail.com", smtpHost: "smtp.gmail.com" });
    expect(gmail.imap).toMatchObject({ host: "imap.gmail.com", port: 993, security: "tls" });
    const outlook = await detectServers({
      email: "a@yourcompany.example",
      smtpHost: "smtp.office365.com",
      smtpPort: 587,
    });
    expect(outlook.imap).toMatchObject({ host: "outlook.office365.com", port: 993 });
    expect(outlook.smtp).toMatchObject({ port: 587, security: "starttls", source: "given" });
    expect(outlook.foundBy).toBe("smtp-host");
  });

  it("prefers the SMTP host to the address, and the address to the MX record", async () => {
    const resolver = async () => ["in1-smtp.messagingengine.com"];
    const byHost = await detectServers({
      email: "a@gmx.de",
      smtpHost: "smtp.gmail.com",
      resolver,
    });
    expect(byHost.imap.host).toBe("imap.gmail.com");
    const byAddress = await detectServers({ email: "a@gmx.de", smtpHost: "", resolver });
    expect(byAddress.foundBy).toBe("address");
    expect(byAddress.imap.host).toBe("imap.gmx.net");
    const byMx = await detectServers({ email: "a@own-domain.com", smtpHost: "", resolver });
    expect(byMx.foundBy).toBe("mx");
    expect(byMx.imap.host).toBe("imap.fastmail.com");
  });

  it("fills a blank SMTP host and port by the address", async () => {
    const found = await detectServers({ email: "a@gmail.com", smtpHost: "" });
    expect(found.smtp).toMatchObject({ host: "smtp.gmail.com", source: "detected" });
    expect(found.provider?.name).toBeTruthy();
  });

  it("keeps what was typed, and lets the typed port decide the encryption", async () => {
    const found = await detectServers({
      email: "a@gmail.com",
      smtpHost: "smtp.gmail.com",
      smtpPort: 465,
      imapHost: "imap.other.example",
      imapPort: 143,
    });
    expect(found.smtp).toMatchObject({ port: 465, security: "tls" });
    expect(found.imap).toMatchObject({
      host: "imap.other.example",
      port: 143,
      security: "starttls",
      source: "given",
    });
  });

  it("only guesses for an unknown server, and never fills the guess in", async () => {
    const found = await detectServers({
      email: "a@yourcompany.com",
      smtpHost: "smtp.yourcompany.com",
      resolver: nobody,
    });
    expect(found.imap).toMatchObject({
      host: null,
      source: "none",
      guess: "imap.yourcompany.com",
    });
  });

  it("takes a failing DNS for a domain it knows nothing about", async () => {
    const found = await detectServers({
      email: "a@yourcompany.com",
      smtpHost: "",
      resolver: async () => {
        throw new Error("queryMx ESERVFAIL");
      },
    });
    expect(found).toMatchObject({ provider: null, foundBy: null, smtp: { host: null } });
  });

  it("does not ask DNS about reserved names, nor when nothing is missing", async () => {
    const asked: string[] = [];
    const resolver = async (domain: string) => {
      asked.push(domain);
      return [];
    };
    await detectServers({ email: "a@desk.example", smtpHost: "", resolver });
    await detectServers({
      email: "a@own.com",
      smtpHost: "s.own.com",
      imapHost: "i.own.com",
      resolver,
    });
    expect(asked).toEqual([]);
  });

  it("warns about a port that belongs to the other protocol", async () => {
    const found = await detectServers({
      email: "a@x.example",
      smtpHost: "mail.x.example",
      imapHost: "mail.x.example",
      smtpPort: 993,
      imapPort: 465,
    });
    expect(found.smtp.warning).toContain("reading");
    expect(found.imap.warning).toContain("sending");
  });

  it("knows that iCloud signs in to IMAP with the part before the @", async () => {
    const found = await detectServers({ email: "nora@icloud.com", smtpHost: "" });
    expect(found.imap).toMatchObject({ host: "imap.mail.me.com", username: "nora" });
  });
});
