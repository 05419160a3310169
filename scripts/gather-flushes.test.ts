import { once } from "node:events";
import http, { type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { gatherFlushes } from "./gather-flushes.mjs";

/** Next's own, which has no types. */
const compression = createRequire(import.meta.url)("next/dist/compiled/compression");

type Answer = ServerResponse & { flush(): void };

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** As the web process does it: Next's own compressor, and a flush after every piece. */
async function ask(write: (answer: Answer) => Promise<void>) {
  const server = http.createServer(async (request, response) => {
    gatherFlushes(response);
    compression()(request, response, () => undefined);
    response.setHeader("Content-Type", "text/html");
    await write(response as Answer);
    response.end();
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const headers = { "accept-encoding": "gzip" };
  const request = http.get({ port, host: "127.0.0.1", headers });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  return response;
}

const piece = (n: number) => `<p>${n}: ${"words ".repeat(100)}</p>`;

it("sends the pieces of a page together", async () => {
  const answer = await ask(async (response) => {
    for (let n = 0; n < 100; n++) {
      response.write(piece(n));
      response.flush();
    }
  });
  let chunks = 0;
  answer.on("data", () => chunks++);
  const unpacked = answer.pipe(createGunzip());
  let html = "";
  for await (const part of unpacked) html += part;
  expect(html).toBe(Array.from({ length: 100 }, (_, n) => piece(n)).join(""));
  expect(chunks).toBeLessThan(5);
});

it("holds nothing back: what is written arrives while the page goes on", async () => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const answer = await ask(async (response) => {
    for (const n of [1, 2, 3]) {
      response.write(piece(n));
      response.flush();
      await sleep(5);
    }
    await ended;
  });
  const unpacked = answer.pipe(createGunzip());
  let html = "";
  for await (const part of unpacked) {
    html += part;
    if (html === piece(1) + piece(2) + piece(3)) end();
  }
  expect(html).toBe(piece(1) + piece(2) + piece(3));
});

it("lets go of a visitor who left", async () => {
  let isClosed = false;
  const answer = await ask(async (response) => {
    response.write(piece(1));
    response.flush();
    response.write(piece(2));
    response.flush();
    await once(response, "close");
    isClosed = true;
  });
  answer.destroy();
  await expect.poll(() => isClosed).toBe(true);
});
