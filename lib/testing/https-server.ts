import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import { join } from "node:path";
import { type Certificates, makeCertificateFor } from "./certificates";
import { portOf } from "./free-ports";

export type HttpsServer = {
  port: number;
  /** Every request so far: "GET https://host/path". */
  requests: string[];
  close: () => Promise<void>;
};

export type HttpsServerOptions = {
  certificates: Certificates;
  /** Whose certificate it shows; one of the bed's own such as "expired" when it is no host name. */
  names: string[] | { file: string };
  address?: string;
  port?: number;
};

/** A web server with a certificate of the test bed's authority; `answer` says what it answers. */
export async function startHttpsServer(
  { certificates, names, address = "127.0.0.1", port = 0 }: HttpsServerOptions,
  answer: (url: URL, response: ServerResponse, request: IncomingMessage) => void,
): Promise<HttpsServer> {
  const file = Array.isArray(names) ? await makeCertificateFor(certificates, names) : names.file;
  const path = join(certificates.folder, file);
  const [cert, key] = await Promise.all([readFile(`${path}.pem`), readFile(`${path}.key`)]);
  const requests: string[] = [];
  const server = https.createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
    requests.push(`${request.method} ${url.href}`);
    response.on("error", () => undefined);
    answer(url, response, request);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(port, address);
  await once(server, "listening");
  return {
    ...{ port: portOf(server), requests },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
