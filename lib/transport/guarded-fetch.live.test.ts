import { mkdtemp, rm } from "node:fs/promises";
import http, { type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCertificates } from "@/lib/testing/certificates";
import { portOf } from "@/lib/testing/free-ports";
import { type HttpsServer, startHttpsServer } from "@/lib/testing/https-server";
import { parseAllowedHosts } from "./egress";
import { guardedFetch } from "./guarded-fetch";

const KB = 1024;

let dir = "";
let ca = "";
let server: HttpsServer;
let expired: HttpsServer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "guarded-fetch-"));
  const certificates = await makeCertificates(dir);
  ca = certificates.caPem;
  server = await startHttpsServer({ certificates, names: { file: "server" } }, answer);
  expired = await startHttpsServer({ certificates, names: { file: "expired" } }, answer);
});
afterAll(async () => {
  await Promise.all([server.close(), expired.close()]);
  await rm(dir, { recursive: true, force: true });
});

function answer({ pathname }: URL, response: ServerResponse): void {
  switch (pathname) {
    case "/token":
      response
        .writeHead(401, { "content-type": "application/json", "www-authenticate": "Basic" })
        .end('{"error":"invalid_client"}');
      return;
    case "/moved":
      response.writeHead(302, { location: "https://elsewhere.example/" }).end();
      return;
    case "/long":
      response.end("x".repeat(257 * KB));
      return;
    case "/cut":
      response.writeHead(200, { "content-length": 100 });
      response.write("half");
      setTimeout(() => response.destroy(), 20);
      return;
    default:
  }
}

const allowedHosts = parseAllowedHosts("127.0.0.0/8");
const post = { method: "POST", headers: {}, body: new URLSearchParams({ a: "b c" }) };
const fetchFrom = (path: string, port = server.port) =>
  guardedFetch({ allowedHosts, ca })(`https://127.0.0.1:${port}${path}`, post);

describe("a request to a provider of sign-ins", () => {
  it("brings status and body, and no header but the media type", async () => {
    const response = await fetchFrom("/token");
    expect([response.status, await response.json()]).toEqual([401, { error: "invalid_client" }]);
    expect([...response.headers.keys()]).toEqual(["content-type"]);
  });

  it("follows no redirect", async () => {
    expect((await fetchFrom("/moved")).status).toBe(302);
  });

  it.each([
    ["/long", "EPROTOCOL"],
    ["/cut", "ECONNRESET"],
  ])("to %s ends with %s", async (path, code) => {
    await expect(fetchFrom(path)).rejects.toMatchObject({ code });
  });

  it("is given up by its signal, and after ten seconds", async () => {
    const signal = AbortSignal.timeout(100);
    const request = guardedFetch({ allowedHosts, ca, signal });
    const silent = request(`https://127.0.0.1:${server.port}/silent`, post);
    await expect(silent).rejects.toMatchObject({ code: "EDEADLINE" });
    const startedAt = performance.now();
    await expect(fetchFrom("/silent")).rejects.toMatchObject({ code: "EDEADLINE" });
    expect(performance.now() - startedAt).toBeGreaterThan(9_000);
  });

  it("goes to no server with a bad certificate", async () => {
    const request = fetchFrom("/token", expired.port);
    await expect(request).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
    expect(expired.requests).toEqual([]);
  });

  it.each([
    "https://127.0.0.1:1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "https://[::1]/",
  ])("goes to no private address that is not allowed: %s", async (address) => {
    const nobody = guardedFetch({ allowedHosts: parseAllowedHosts("") });
    await expect(nobody(address, post)).rejects.toMatchObject({ code: "EPRIVATEHOST" });
  });

  it("goes without TLS only within this machine", async () => {
    const plain = http.createServer((_request, response) => response.end("ok"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const request = guardedFetch({ allowedHosts });
    const here = await request(`http://127.0.0.1:${portOf(plain)}/`, post);
    expect(await here.text()).toBe("ok");
    plain.close();
    const away = request("http://login.microsoftonline.com/", post);
    await expect(away).rejects.toMatchObject({ code: "EPROTOCOL" });
  });
});
