import { once } from "node:events";
import http from "node:http";
import { portOf } from "./free-ports";

/** What a mail server asks about the tokens it is shown (RFC 7662). */
export type TokenCheck = { url: string; stop: () => Promise<void> };

/** Answers by `mailboxOf`; where that throws, with 500, as a check that is out of order does. */
export async function startTokenCheck(
  mailboxOf: (token: string) => Promise<string | null>,
): Promise<TokenCheck> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const token = new URLSearchParams(Buffer.concat(chunks).toString("utf8")).get("token");
    try {
      const username = await mailboxOf(token ?? "");
      const answer = username === null ? { active: false } : { active: true, username };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch {
      response.writeHead(500).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}/introspect`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
