import { once } from "node:events";
import net from "node:net";
import { portOf } from "./free-ports";

export type LineServer = {
  port: number;
  /** Every line clients have sent so far. */
  lines: string[];
  close: () => Promise<void>;
};

/** What the server does with a line: answers, hangs up with or without last words, or stays silent (null). */
export type LineAnswer = string | "drop" | { last: string } | null;

/**
 * A server on 127.0.0.1 for protocols of lines, for servers no real one can be made to be: it
 * sends the greeting and then whatever `answer` says to each line. Answers are sent as they are.
 */
export async function startLineServer(
  greeting: string | null,
  answer: (line: string) => LineAnswer,
): Promise<LineServer> {
  const lines: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    if (greeting !== null) socket.write(greeting);
    let rest = "";
    socket.on("data", (chunk) => {
      const parts = (rest + chunk.toString("latin1")).split("\r\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        const reply = answer(line);
        if (reply === "drop") socket.destroy();
        else if (reply === null || socket.destroyed) continue;
        else if (typeof reply === "string") socket.write(reply);
        else socket.end(reply.last);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    lines,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
