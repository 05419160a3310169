import http from "node:http";
import next from "next";
import { sealClientAddress } from "./client-address.mjs";
import { gatherFlushes } from "./gather-flushes.mjs";

/**
 * The web process of a production start: `node scripts/web.mjs PORT HOST`. Next's own `next start`
 * waits for open connections when it is stopped, and a live page holds one for ever.
 */
const port = Number(process.argv[2]);
const hostname = process.argv[3] ?? "127.0.0.1";
const STOP_MS = 2_000;

const app = next({ dev: false, hostname, port, quiet: true });
await app.prepare();
const handle = app.getRequestHandler();

const server = http.createServer((request, response) => {
  sealClientAddress(request);
  gatherFlushes(response);
  handle(request, response).catch((error) => {
    console.error(`ERROR: ${request.method} request failed: ${error?.stack ?? error}`);
    response.destroy();
  });
});
server.on("error", (error) => {
  console.error(`ERROR: The web process can't listen on ${hostname}:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, hostname, () => process.send?.("ready"));

function stop() {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // Requests that are being answered get a moment; live pages reconnect by themselves.
  setTimeout(() => process.exit(0), STOP_MS).unref();
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
