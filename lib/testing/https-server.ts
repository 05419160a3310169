import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import path from "node:path";
import type { Certificates } from "./certificates";

/** A request as it came in. */
export type Heard = {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

export type HttpsServer = {
  port: number;
  heard: Heard[];
  /** What the next requests are answered with: a status, headers, or nothing at all. */
  answer: (status: number | "silence", headers?: Record<string, string>) => void;
  stop: () => Promise<void>;
};

/**
 * A real https server on 127.0.0.1 that keeps what it hears and answers 204, unless told otherwise;
 * with the good certificate, or a bad one.
 */
export async function startHttpsServer(
  { folder }: Certificates,
  certificate: "server" | "expired" | "wrong" | "selfmade" = "server",
): Promise<HttpsServer> {
  const heard: Heard[] = [];
  let status: number | "silence" = 204;
  let headers: Record<string, string> = {};
  const server = createServer(
    {
      cert: await readFile(path.join(folder, `${certificate}.pem`)),
      key: await readFile(path.join(folder, `${certificate}.key`)),
    },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      heard.push({
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      });
      if (status !== "silence") response.writeHead(status, headers).end();
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    heard,
    answer(nextStatus, nextHeaders = {}) {
      status = nextStatus;
      headers = nextHeaders;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
