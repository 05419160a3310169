import { describe, expect, it } from "vitest";
import { AutoconfigError, parseAutoconfig } from "./autoconfig";

const server = (direction: "incoming" | "outgoing", type: string, fields: string) =>
  `<${direction}Server type="${type}">${fields}</${direction}Server>`;

const fields = (host: string, port: number | string, socket: string, more = "") =>
  `<hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType>` +
  `<authentication>password-cleartext</authentication>${more}`;

const file = (...servers: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="acme.com"><domain>acme.com</domain><displayName>Acme &amp; Sons</displayName>
  ${servers.join("\n  ")}
  </emailProvider>
</clientConfig>
`;

const read = (text: string) => parseAutoconfig(text, "help@acme.com");
const imap = server("incoming", "imap", fields("imap.acme.com", 993, "SSL"));
const smtp = server("outgoing", "smtp", fields("smtp.acme.com", 587, "STARTTLS"));

describe("an autoconfig file", () => {
  it("gives the first IMAP and SMTP server with who signs in", () => {
    const user = "<username>%EMAILADDRESS%</username>";
    const found = read(
      file(
        server("incoming", "pop3", fields("pop.acme.com", 995, "SSL", user)),
        server("incoming", "imap", fields("Imap.Acme.com", 993, "SSL", user)),
        server("incoming", "imap", fields("second.acme.com", 993, "SSL", user)),
        server(
          "outgoing",
          "smtp",
          fields("smtp.%EMAILDOMAIN%", 587, "STARTTLS", "<username>%EMAILLOCALPART%</username>"),
        ),
      ),
    );
    expect(found).toEqual({
      imap: { host: "imap.acme.com", port: 993, security: "tls", username: "help@acme.com" },
      smtp: { host: "smtp.acme.com", port: 587, security: "starttls", username: "help" },
      remarks: [],
    });
  });

  it("passes over a server that is not encrypted, and one that takes no password", () => {
    const oauth = fields("new.acme.com", 993, "SSL").replace("password-cleartext", "OAuth2");
    expect(read(file(server("incoming", "imap", oauth), imap, smtp))).toMatchObject({
      imap: { host: "imap.acme.com" },
      remarks: [],
    });
    const plain = server("outgoing", "smtp", fields("smtp.acme.com", 25, "plain"));
    expect(read(file(server("incoming", "imap", oauth), plain))).toEqual({
      ...{ imap: null, smtp: null },
      remarks: [
        "Its IMAP server takes no password, only OAuth2.",
        "Its SMTP server is not encrypted.",
      ],
    });
  });

  it("takes the second method of a server that offers OAuth and a password", () => {
    const both = fields("imap.acme.com", 993, "SSL", "<authentication>OAuth2</authentication>");
    expect(read(file(server("incoming", "imap", both))).imap?.host).toBe("imap.acme.com");
  });

  it.each([
    ["https://imap.acme.com", 993],
    ["imap.acme.com/../x", 993],
    ["imap acme", 993],
    ["help@acme.com", 993],
    ["", 993],
    ["%EMAILADDRESS%", 993],
    ["imap.acme.com", 0],
    ["imap.acme.com", 65_536],
    ["imap.acme.com", "99.3"],
    ["imap.acme.com", "ninety"],
  ])("is not believed about the server %s, port %s", (host, port) => {
    const found = read(file(server("incoming", "imap", fields(host, port, "SSL"))));
    expect(found.imap).toBeNull();
    expect(found.remarks[0]).toMatch(/no usable (name|port)/);
  });

  it("keeps text in CDATA and comments out of the values", () => {
    const odd = fields("<!-- no --><![CDATA[imap.acme.com]]>", 993, "SSL");
    expect(read(file(server("incoming", "imap", odd))).imap?.host).toBe("imap.acme.com");
  });
});

const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>`;

describe("what is no autoconfig file is refused:", () => {
  it.each([
    [
      "entities that grow",
      file(imap, smtp).replace("<clientConfig", `${laughs}<clientConfig`),
      /DOCTYPE or entities/,
    ],
    [
      "a file of this machine as an entity",
      file(imap).replace(
        "<clientConfig",
        `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><clientConfig`,
      ),
      /DOCTYPE or entities/,
    ],
    [
      "a DOCTYPE in small letters and odd blanks",
      file(imap).replace("<clientConfig", `<! doctype x><clientConfig`),
      /DOCTYPE or entities/,
    ],
    ["a web page", "<html><body><h1>Not found</h1></body></html>", /is no autoconfig file/],
    ["nothing at all", "", /is no autoconfig file/],
    ["text", "servers: imap.acme.com", /is no autoconfig file/],
    ["half a file", file(imap, smtp).slice(0, -30), /is not whole/],
    ["hundreds of servers", file(...Array.from({ length: 300 }, () => imap)), /too many servers/],
  ])("%s", (_what, text, reason) => {
    expect(() => read(text)).toThrow(AutoconfigError);
    expect(() => read(text)).toThrow(reason);
  });

  it("an entity nobody defined stays what it is, and names no server", () => {
    expect(read(file(server("incoming", "imap", fields("&host;", 993, "SSL")))).imap).toBeNull();
  });

  it("forty thousand tags in each other cost no time", () => {
    const before = process.cpuUsage();
    expect(() => read(`<clientConfig>${"<a>".repeat(40_000)}`)).toThrow(/tags in tags/);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });
});
