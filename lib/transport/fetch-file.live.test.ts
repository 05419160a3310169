import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Certificates, makeCertificates } from "@/lib/testing/certificates";
import { portOf } from "@/lib/testing/free-ports";
import { type HttpsServer, startHttpsServer } from "@/lib/testing/https-server";
import { type NameServer, startNameServer } from "@/lib/testing/name-server";
import { parseAllowedHosts } from "./egress";
import { FileRefusal, fetchFile } from "./fetch-file";
import { askNames } from "./names";

const HOST = "files.mailbed";
const OTHER = "other.mailbed";
const MB = 1024 * 1024;

let dir = "";
let certificates: Certificates;
let dns: NameServer;
let server: HttpsServer;
let sentBytes = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "fetch-file-"));
  certificates = await makeCertificates(dir);
  dns = await startNameServer({
    [HOST]: { a: ["127.0.0.1"] },
    [OTHER]: { a: ["127.0.0.1"] },
    "private.mailbed": { a: ["127.0.0.1", "10.1.2.3"] },
    "metadata.mailbed": { a: ["169.254.169.254"] },
    "six.mailbed": { aaaa: ["fd12::1"] },
    "silent.mailbed": { silent: true },
  });
  server = await startHttpsServer({ certificates, names: [HOST, OTHER] }, answer);
});

afterAll(async () => {
  await Promise.all([server.close(), dns.close()]);
  await rm(dir, { recursive: true, force: true });
});

function answer(url: URL, response: ServerResponse): void {
  const redirect = (location: string) => response.writeHead(302, { location }).end("moved");
  switch (url.pathname) {
    case "/file":
      response.end("<file/>");
      return;
    case "/100mb":
      response.writeHead(200, { "content-length": 100 * MB });
      pour(response, 100 * MB);
      return;
    case "/100mb-unannounced":
      response.writeHead(200);
      pour(response, 100 * MB);
      return;
    case "/drip":
      response.writeHead(200);
      setInterval(() => response.write("x"), 100).unref();
      return;
    case "/latin1":
      response.end(Buffer.from([0x3c, 0xe4, 0x3e]));
      return;
    case "/zipped":
      response.writeHead(200, { "content-encoding": "gzip" }).end("zip");
      return;
    case "/other":
      return void redirect(`https://${OTHER}:${server.port}/file`);
    case "/round":
      return void redirect("/round");
    case "/to-http":
      return void redirect(`http://${OTHER}/file`);
    case "/to-port":
      return void redirect(`https://${OTHER}:${server.port + 1}/file`);
    case "/to-metadata":
      return void redirect(`https://metadata.mailbed:${server.port}/latest`);
    case "/to-address":
      return void redirect(`https://169.254.169.254:${server.port}/latest`);
    case "/to-decimal":
      return void redirect(`https://2130706433:${server.port}/file`);
    default:
      response.writeHead(404).end("no");
  }
}

/** Sends as long as somebody listens, and counts. */
function pour(response: ServerResponse, bytes: number): void {
  sentBytes = 0;
  const block = Buffer.alloc(64 * 1024, "x");
  const more = () => {
    while (sentBytes < bytes && !response.destroyed) {
      sentBytes += block.length;
      if (!response.write(block)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
}

const fetchAs = (
  path: string,
  more: { host?: string; allowed?: string; signal?: AbortSignal } = {},
) =>
  fetchFile(`https://${more.host ?? HOST}:${server.port}${path}`, {
    names: askNames({ servers: [dns.address], onlyServers: true }),
    allowedHosts: parseAllowedHosts(more.allowed ?? "127.0.0.0/8"),
    ca: certificates.caPem,
    port: server.port,
    ...(more.signal ? { signal: more.signal } : {}),
  });

describe("a file of a stranger's server", () => {
  it("comes by https, from where DNS and redirects lead", async () => {
    expect(await fetchAs("/file")).toBe("<file/>");
    expect(await fetchAs("/other")).toBe("<file/>");
    expect(server.requests.at(-1)).toBe(`GET https://${OTHER}:${server.port}/file`);
  });

  it("of 100 MB is refused before it is read, or cut off where it gets too large", async () => {
    await expect(fetchAs("/100mb")).rejects.toThrow("is larger than 128 KB");
    await expect(fetchAs("/100mb-unannounced")).rejects.toThrow(/is larger than 128 KB/);
    // What fits into the sockets between the two may have been sent, and no more.
    expect(sentBytes).toBeLessThan(16 * MB);
  });

  it.each([
    ["/missing", "answers with status 404"],
    ["/latin1", "is not UTF-8 text"],
    ["/zipped", "comes compressed, which was not asked for"],
    ["/round", "leads from one address to the next"],
    ["/to-http", "leads to an address that is not https"],
    ["/to-port", "leads to another port"],
  ])("is refused at %s: it %s", async (path, reason) => {
    const failed = await fetchAs(path).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FileRefusal);
    expect(failed).toMatchObject({ message: reason });
  });

  it.each(["/to-metadata", "/to-address"])(
    "does not lead to this machine's own metadata: %s",
    async (path) => {
      await expect(fetchAs(path, { allowed: "127.0.0.0/8,169.254.0.0/16" })).rejects.toMatchObject({
        code: "EPRIVATEHOST",
      });
    },
  );

  it("is not asked for on private addresses unless they are allowed", async () => {
    const before = server.requests.length;
    const refused = { code: "EPRIVATEHOST", message: expect.stringContaining("EMAIL_ALLOWED") };
    await expect(fetchAs("/file", { allowed: "" })).rejects.toMatchObject(refused);
    // One bad answer among good ones is enough.
    await expect(fetchAs("/file", { host: "private.mailbed" })).rejects.toMatchObject(refused);
    await expect(fetchAs("/file", { host: "six.mailbed" })).rejects.toMatchObject(refused);
    await expect(fetchAs("/to-decimal", { allowed: HOST })).rejects.toMatchObject(refused);
    expect(server.requests.length).toBe(before + 1);
  });

  it("is given up when it drips, or when DNS is silent", async () => {
    const startedAt = performance.now();
    await expect(fetchAs("/drip")).rejects.toMatchObject({ code: "EDEADLINE" });
    expect(performance.now() - startedAt).toBeGreaterThan(4_500);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    await expect(fetchAs("/file", { host: "silent.mailbed" })).rejects.toMatchObject({
      code: "EDNS",
    });
    const signal = AbortSignal.timeout(100);
    await expect(fetchAs("/drip", { signal })).rejects.toMatchObject({ code: "EDEADLINE" });
  });

  it.each([
    [{ file: "expired" }, "mail.example.test", "CERT_HAS_EXPIRED"],
    [{ file: "wrong" }, "mail.example.test", "ERR_TLS_CERT_ALTNAME_INVALID"],
    [{ file: "selfmade" }, "mail.example.test", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("is not read with the certificate %o", async (names, host, code) => {
    dns.zone[host] = { a: ["127.0.0.1"] };
    const bad = await startHttpsServer({ certificates, names }, (_url, response) => {
      response.end("<file/>");
    });
    const fetched = fetchFile(`https://${host}:${bad.port}/file`, {
      names: askNames({ servers: [dns.address], onlyServers: true }),
      allowedHosts: parseAllowedHosts("127.0.0.0/8"),
      ...{ ca: certificates.caPem, port: bad.port },
    });
    await expect(fetched).rejects.toMatchObject({ code });
    expect(bad.requests).toEqual([]);
    await bad.close();
  });

  it("is not waited for when a server takes the connection and says nothing", async () => {
    const sockets: net.Socket[] = [];
    const mute = net.createServer((socket) => sockets.push(socket));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const fetched = fetchFile(`https://${HOST}:${portOf(mute)}/file`, {
      names: askNames({ servers: [dns.address], onlyServers: true }),
      allowedHosts: parseAllowedHosts("127.0.0.0/8"),
      ...{ ca: certificates.caPem, port: portOf(mute) },
    });
    await expect(fetched).rejects.toMatchObject({ code: "EDEADLINE" });
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});
