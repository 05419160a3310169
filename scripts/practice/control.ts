import { timingSafeEqual } from "node:crypto";
import http from "node:http";

/** What a request may ask; `body` is the parsed JSON of a POST. */
export type Routes = Record<string, (body: Record<string, unknown>) => Promise<unknown>>;

const BODY_MAX = 64 * 1024;

/**
 * The practice page's way to the practice mail server: JSON over HTTP on 127.0.0.1, for the bearer
 * of the token. A route that answers null is a 404.
 */
export function startControl(port: number, token: string, routes: Routes): http.Server {
  const server = http.createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    try {
      if (!isBearer(request.headers.authorization, token)) return answer(401, {});
      const route = routes[`${request.method} ${request.url}`];
      const result = route ? await route(await readJson(request)) : null;
      answer(result === null ? 404 : 200, result ?? {});
    } catch (error) {
      answer(500, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  server.listen(port, "127.0.0.1");
  return server;
}

function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_MAX) throw new Error("The request is too large");
  }
  const body: unknown = text ? JSON.parse(text) : {};
  return typeof body === "object" && body !== null ? { ...body } : {};
}
