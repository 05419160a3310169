import type { Certificates } from "./certificates";
import { startHttpsServer } from "./https-server";

/** A request as it came in. */
export type Heard = {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

export type WebhookServer = {
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
export async function startWebhookServer(
  certificates: Certificates,
  file: "server" | "expired" | "wrong" | "selfmade" = "server",
): Promise<WebhookServer> {
  const heard: Heard[] = [];
  let status: number | "silence" = 204;
  let headers: Record<string, string> = {};
  const server = await startHttpsServer(
    { certificates, names: { file } },
    async (_url, response, request) => {
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
  return {
    port: server.port,
    heard,
    answer(nextStatus, nextHeaders = {}) {
      status = nextStatus;
      headers = nextHeaders;
    },
    stop: server.close,
  };
}
