import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpsServer, startHttpsServer } from "@/lib/testing/https-server";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { type NameServer, startNameServer } from "@/lib/testing/name-server";
import { parseAllowedHosts } from "../transport/egress";
import { askNames } from "../transport/names";
import { findServers } from "./find-servers";
import { tryGuesses } from "./guesses";
import { type Look, USUAL_PORTS } from "./look";

/** The bed's servers have this name in their certificate. */
const MAIL = "mail.example.test";

let bed: MailBed;
let dns: NameServer;
let web: HttpsServer;

beforeAll(async () => {
  bed = await startMailBed();
  dns = await startNameServer({
    [MAIL]: { a: ["127.0.0.1"] },
    // Two of the bed's addresses with a bad certificate.
    "imap.example.test": { a: ["127.0.0.2"] },
    "smtp.example.test": { a: ["127.0.0.3"] },
    "autoconfig.filed.mailbed": { a: ["127.0.0.1"] },
    "filed.mailbed": { mx: [[10, "mx.filed.mailbed"]] },
    "known.mailbed": { a: ["127.0.0.1"] },
    "hollow.mailbed": { a: ["127.0.0.1"] },
    "bad.mailbed": { a: ["127.0.0.1"] },
    "half.mailbed": { a: ["127.0.0.1"] },
    "_submissions._tcp.half.mailbed": { srv: [[0, 1, bed.smtpsPort, MAIL]] },
    "recorded.mailbed": {},
    "_imaps._tcp.recorded.mailbed": {
      srv: [
        [20, 1, 1993, "backup.mailbed"],
        [10, 1, bed.imapsPort, MAIL],
      ],
    },
    "_imap._tcp.recorded.mailbed": { srv: [[0, 0, 0, "."]] },
    "_submission._tcp.recorded.mailbed": { srv: [[0, 1, bed.smtpPort, MAIL]] },
    "inward.mailbed": {},
    "_imaps._tcp.inward.mailbed": { srv: [[0, 1, 993, "inside.mailbed"]] },
    "inside.mailbed": { a: ["10.0.0.5"] },
    "plain.mailbed": { mx: [[10, MAIL]] },
    "workspace.mailbed": { mx: [[1, "aspmx.l.google.com"]] },
    "tenant.mailbed": { mx: [[0, "tenant-mailbed.mail.protection.outlook.com"]] },
    "mailless.mailbed": { mx: [[0, ""]] },
    "mute.mailbed": { silent: true },
  });
  const folder = bed.caFile.replace(/\/ca\.pem$/, "");
  const names = ["autoconfig.filed.mailbed", "known.mailbed", "hollow.mailbed"];
  web = await startHttpsServer(
    {
      certificates: { caFile: bed.caFile, caPem: bed.caPem, folder },
      names: [...names, "bad.mailbed", "half.mailbed"],
    },
    answer,
  );
});

afterAll(async () => {
  await Promise.all([web.close(), dns.close()]);
  await bed.stop();
});

function answer(url: URL, response: ServerResponse): void {
  const server = (kind: string, type: string, host: string, port: number, socket: string) =>
    `<${kind}Server type="${type}"><hostname>${host}</hostname><port>${port}</port>` +
    `<socketType>${socket}</socketType><authentication>password-cleartext</authentication>` +
    `<username>%EMAILADDRESS%</username></${kind}Server>`;
  const imap = server("incoming", "imap", MAIL, bed.imapPort, "STARTTLS");
  const smtp = server("outgoing", "smtp", MAIL, bed.smtpsPort, "SSL");
  const file = (...servers: string[]) =>
    `<clientConfig version="1.1"><emailProvider id="x">${servers.join("")}</emailProvider></clientConfig>`;
  switch (url.hostname) {
    case "autoconfig.filed.mailbed":
    case "known.mailbed":
      return void response.end(file(imap, smtp));
    case "half.mailbed":
      return void response.end(file(imap));
    case "hollow.mailbed":
      return void response.end(file(server("incoming", "imap", "inside.mailbed", 993, "SSL")));
    case "bad.mailbed":
      return void response.end(`<!DOCTYPE x [<!ENTITY a "b">]>${file(imap, smtp)}`);
    default:
      response.writeHead(404).end();
  }
}

const look = (allowed = "127.0.0.0/8"): Omit<Look, "signal"> => ({
  names: askNames({ servers: [dns.address], onlyServers: true }),
  allowedHosts: parseAllowedHosts(allowed),
  ca: bed.caPem,
  ports: {
    https: web.port,
    imaps: bed.imapsPort,
    imap: bed.imapPort,
    submissions: bed.smtpsPort,
    submission: bed.smtpPort,
  },
});

const find = (email: string, allowed?: string) => findServers(email, look(allowed));

describe("the servers of an address are found", () => {
  it("by its domain without asking anybody", async () => {
    const before = dns.questions.length;
    const found = await find("Somebody@Gmail.com");
    expect(found).toMatchObject({
      provider: { id: "google" },
      imap: { host: "imap.gmail.com", port: 993, security: "tls", way: "address" },
      smtp: { host: "smtp.gmail.com", way: "address" },
    });
    expect(await findServers("somebody@filed.mailbed", null)).toMatchObject({
      ...{ imap: null, smtp: null, attempts: [] },
    });
    expect(dns.questions.length).toBe(before);
    expect(web.requests).toEqual([]);
  });

  it.each([
    ["help@workspace.mailbed", "google", "imap.gmail.com"],
    ["help@tenant.mailbed", "microsoft", "outlook.office365.com"],
  ])("by the MX record: %s is with %s", async (email, id, host) => {
    expect(await find(email)).toMatchObject({ provider: { id }, imap: { host, way: "mx" } });
  });

  it("by the autoconfig file, at both of its places, and the file is told the address", async () => {
    const servers = {
      imap: { host: MAIL, port: bed.imapPort, security: "starttls", way: "autoconfig" },
      smtp: { host: MAIL, port: bed.smtpsPort, security: "tls", way: "autoconfig" },
    };
    const found = await find("a+b@filed.mailbed");
    expect(found).toMatchObject(servers);
    expect(found?.imap?.username).toBe("a+b@filed.mailbed");
    expect(web.requests).toContain(
      `GET https://autoconfig.filed.mailbed:${web.port}/mail/config-v1.1.xml?emailaddress=a%2Bb%40filed.mailbed`,
    );
    expect(await find("help@known.mailbed")).toMatchObject(servers);
    expect(web.requests.at(-1)).toBe(
      `GET https://known.mailbed:${web.port}/.well-known/autoconfig/mail/config-v1.1.xml`,
    );
  });

  it("by SRV records, the best of each, and what the file left open by them", async () => {
    expect(await find("help@recorded.mailbed")).toMatchObject({
      imap: { host: MAIL, port: bed.imapsPort, security: "tls", way: "srv" },
      smtp: { host: MAIL, port: bed.smtpPort, security: "starttls", way: "srv" },
    });
    expect(await find("help@half.mailbed")).toMatchObject({
      imap: { way: "autoconfig" },
      smtp: { host: MAIL, port: bed.smtpsPort, way: "srv" },
    });
  });

  it("by usual names that really answer, the host of the MX record among them", async () => {
    const found = await find("help@plain.mailbed");
    expect(found).toMatchObject({
      imap: { host: MAIL, port: bed.imapsPort, security: "tls", way: "guess" },
      smtp: { host: MAIL, port: bed.smtpsPort, security: "tls", way: "guess" },
    });
    const said = found?.attempts.map(({ where, outcome }) => `${where}: ${outcome}`);
    expect(said).toContain(
      `imap.plain.mailbed, port ${bed.imapsPort}: There is no server called imap.plain.mailbed.`,
    );
    expect(said).toContain(`${MAIL}, port ${bed.imapPort}: Answers.`);
  });
});

describe("a guess is not taken", () => {
  const guess = async (more: Partial<Look> = {}) => {
    const signal = AbortSignal.timeout(20_000);
    const wanted = { imap: true, smtp: true };
    return tryGuesses("example.test", null, { look: { ...look(), ...more, signal }, wanted });
  };
  const outcome = (sides: Awaited<ReturnType<typeof guess>>, where: string) =>
    sides.attempts.find((attempt) => attempt.where === where)?.outcome;

  it("when its certificate has expired or is for another name; the next one is", async () => {
    const sides = await guess();
    expect(outcome(sides, `imap.example.test, port ${bed.imapsPort}`)).toMatch(/certificate/);
    expect(outcome(sides, `smtp.example.test, port ${bed.smtpPort}`)).toMatch(/certificate/);
    expect(sides.imap).toMatchObject({ host: MAIL, security: "tls" });
    expect(sides.smtp).toMatchObject({ host: MAIL, security: "tls" });
  });

  it("when nobody this machine trusts signed its certificate", async () => {
    const { ca: _ca, ...trusting } = look();
    const signal = AbortSignal.timeout(20_000);
    const wanted = { imap: true, smtp: false };
    const sides = await tryGuesses("example.test", null, { look: { ...trusting, signal }, wanted });
    expect(sides.imap).toBeNull();
    expect(sides.attempts.map((attempt) => attempt.outcome).join(" ")).toMatch(/not signed by/);
  });

  it("when its port speaks another protocol", async () => {
    const { imaps, submissions, ...others } = look().ports;
    const ports = { ...others, imaps: submissions, submissions: imaps };
    const sides = await guess({ ports });
    expect(outcome(sides, `${MAIL}, port ${bed.smtpsPort}`)).toMatch(
      /does not answer like an IMAP/,
    );
    expect(sides.imap).toMatchObject({ port: bed.imapPort, security: "starttls" });
  });
});

describe("what is wrong is said, and nothing of it is taken:", () => {
  const said = async (email: string, allowed?: string) => {
    const found = await find(email, allowed);
    expect(found).toMatchObject({ imap: null, smtp: null });
    return found?.attempts.map(({ where, outcome }) => `${where}: ${outcome}`).join("\n") ?? "";
  };

  it("a file or a record that leads to a private address", async () => {
    const refusal = "inside.mailbed (10.0.0.5) is on this machine or in a private network";
    expect(await said("help@hollow.mailbed")).toContain(refusal);
    expect(await said("help@inward.mailbed")).toContain(refusal);
    expect(await find("help@inward.mailbed", "127.0.0.0/8,10.0.0.5")).toMatchObject({
      imap: { host: "inside.mailbed", way: "srv" },
    });
  });

  it("a domain whose own web server is on a private address: it is not asked", async () => {
    const before = web.requests.length;
    expect(await said("help@known.mailbed", "")).toContain("EMAIL_ALLOWED_PRIVATE_HOSTS");
    expect(web.requests.length).toBe(before);
  });

  it("a file with entities", async () => {
    expect(await said("help@bad.mailbed")).toContain("It has a DOCTYPE or entities");
  });

  it("a domain that takes no mail, and one that does not exist", async () => {
    expect(await said("help@mailless.mailbed")).toContain("takes no mail at all");
    expect(await said("help@nowhere.mailbed")).toBe(
      "MX record of nowhere.mailbed: There is no such domain.",
    );
    expect(dns.questions.at(-1)).toBe("MX nowhere.mailbed");
  });

  it("a domain whose name servers are silent, within the time there is", async () => {
    const startedAt = performance.now();
    expect(await said("help@mute.mailbed")).toContain("mute.mailbed could not be looked up");
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it.each([
    "",
    "help",
    "help@",
    "@acme.com",
    "help@acme",
    "a b@acme.com",
    "help@desk.example",
    "help@x.test",
    "help@localhost",
    "help@10.0.0.1",
    "help@[::1]",
    `${"a".repeat(300)}@acme.com`,
  ])("half an address, or one of no real domain: %s", async (email) => {
    const before = dns.questions.length;
    expect(await find(email)).toBeNull();
    expect(dns.questions.length).toBe(before);
  });
});

it("knows the ports of IANA", () => {
  expect(USUAL_PORTS).toEqual({
    https: 443,
    imaps: 993,
    imap: 143,
    submissions: 465,
    submission: 587,
  });
});
