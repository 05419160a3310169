import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePorts, portOf } from "@/lib/testing/free-ports";
import { startLineServer } from "@/lib/testing/line-server";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { parseAllowedHosts } from "./egress";
import { findOtherWay } from "./other-ways";
import { probeImap, probeSmtp } from "./probe";
import type { ServerSettings, TransportOptions } from "./server-settings";

let bed: MailBed;
let options: TransportOptions;
beforeAll(async () => {
  bed = await startMailBed();
  options = { allowedHosts: parseAllowedHosts("127.0.0.0/8,localhost"), ca: bed.caPem };
});
afterAll(() => bed?.stop());

const server = (port: number, security: ServerSettings["security"], host = "localhost") => ({
  ...{ host, port, security, username: "support@example.test", password: "pw" },
});

describe("what works instead", () => {
  it("of TLS on a port of STARTTLS is STARTTLS, found without any sign-in", async () => {
    const before = bed.logins();
    const imap = await probeImap(server(bed.imapPort, "tls"), options);
    expect(imap.failure?.cause).toMatch(/does not speak TLS from the start/);
    expect(imap.otherWay).toEqual({ port: bed.imapPort, security: "starttls" });
    expect(bed.logins()).toBe(before);
    const smtp = await probeSmtp(server(bed.smtpPort, "tls"), options);
    expect(smtp.otherWay).toEqual({ port: bed.smtpPort, security: "starttls" });
    const again = await probeImap({ ...server(0, "tls"), ...imap.otherWay }, options);
    expect(again.ok).toBe(true);
  });

  it("of STARTTLS on a port of TLS is TLS, although the server says nothing at all", async () => {
    const imap = await probeImap(server(bed.imapsPort, "starttls"), options);
    expect(imap.stages.find(({ state }) => state === "failed")?.name).toBe("Greeting");
    expect(imap.otherWay).toEqual({ port: bed.imapsPort, security: "tls" });
  });

  it("of a sign-in without encryption that the server does not take is STARTTLS", async () => {
    const smtp = await probeSmtp(server(bed.smtpPort, "none"), options);
    expect(smtp.failure?.kind).toBe("config");
    expect(smtp.otherWay).toEqual({ port: bed.smtpPort, security: "starttls" });
  });

  it("is never a bad certificate, nor a server without encryption", async () => {
    for (const host of ["127.0.0.2", "127.0.0.3", "127.0.0.4"]) {
      const there = server(bed.imapPort, "tls", host);
      expect(await findOtherWay("imap", there, options)).toBeNull();
    }
    const plain = await startLineServer("* OK ready\r\n", (line) => {
      const tag = line.split(" ")[0];
      return `* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`;
    });
    const result = await probeImap(server(plain.port, "tls"), options);
    expect([result.ok, result.otherWay]).toEqual([false, null]);
    await plain.close();
  });

  it("is not looked for when the certificate, the name or the password is wrong", async () => {
    const [port = 0] = await findFreePorts(1);
    const nobody = await probeImap(server(port, "tls"), options);
    expect([nobody.failure?.kind, nobody.otherWay]).toEqual(["transient", null]);
    const expired = await probeImap(server(bed.imapsPort, "tls", "127.0.0.2"), options);
    const wrong = { ...server(bed.imapsPort, "tls"), password: "not it" };
    const private_ = { ...options, allowedHosts: parseAllowedHosts("") };
    const results = [
      expired,
      await probeImap(wrong, options),
      await probeImap(server(bed.imapPort, "tls"), private_),
    ];
    for (const { ok, otherWay } of results) expect([ok, otherWay]).toEqual([false, null]);
  });
});

describe("a server that speaks only old TLS", () => {
  it("is named as that, and no other port is advised", async () => {
    const [key, cert] = await Promise.all(
      ["key", "pem"].map((ending) => readFile(join(bed.dir, `tls/server.${ending}`))),
    );
    const old = tls.createServer({
      ...{ key, cert, minVersion: "TLSv1", maxVersion: "TLSv1.1" },
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    old.on("tlsClientError", () => undefined);
    old.listen(0, "127.0.0.1");
    await once(old, "listening");
    const result = await probeImap(server(portOf(old), "tls"), options);
    expect(result.failure).toMatchObject({
      kind: "config",
      cause: expect.stringMatching(/only versions of TLS that are no longer safe/),
    });
    expect(result.otherWay).toBeNull();
    old.close();
  });
});
