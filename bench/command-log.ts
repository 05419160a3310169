import { once } from "node:events";
import net from "node:net";
import { portOf } from "@/lib/testing/free-ports";

/** Without its tag; `ms` until it was answered, null while it is not. */
export type Command = { words: string; at: number; ms: number | null };

/** One connection as the wire saw it; times are the machine's clock, in ms. */
export type Conversation = {
  acceptedAt: number;
  /** When the server had said OK to the sign-in. */
  signedInAt: number | null;
  /** What the client said after it had signed in; DONE ends an IDLE and is no command. */
  commands: Command[];
};

export type CommandLog = {
  port: number;
  conversations: Conversation[];
  close(): Promise<void>;
};

/** A TCP proxy on 127.0.0.1 in front of an IMAP server without TLS that writes down the commands. */
export async function startCommandLog(targetPort: number): Promise<CommandLog> {
  const conversations: Conversation[] = [];
  const sockets = new Set<net.Socket>();
  const listener = net.createServer({ noDelay: true }, (client) => {
    const server = net.connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    const conversation: Conversation = {
      ...{ acceptedAt: Date.now(), signedInAt: null, commands: [] },
    };
    conversations.push(conversation);
    let signInTag: string | null = null;
    const open = new Map<string, Command>();
    const hearClient = lines((line) => {
      const [tag = "", verb = ""] = line.split(" ");
      if (conversation.signedInAt !== null) {
        if (line === "DONE") return;
        const command = { words: line.slice(tag.length + 1), at: Date.now(), ms: null };
        conversation.commands.push(command);
        open.set(tag, command);
      } else if (/^(LOGIN|AUTHENTICATE)$/i.test(verb)) signInTag = tag;
    });
    const hearServer = lines((line) => {
      if (signInTag !== null && line.startsWith(`${signInTag} OK`))
        conversation.signedInAt ??= Date.now();
      const answered = open.get(line.split(" ", 1)[0] ?? "");
      if (answered) answered.ms = Date.now() - answered.at;
    });
    for (const [from, to, hear] of [
      [client, server, hearClient],
      [server, client, hearServer],
    ] as const) {
      sockets.add(from);
      from.on("data", hear);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: portOf(listener),
    conversations,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}

/** Calls back for each whole line of what comes in pieces. */
function lines(onLine: (line: string) => void): (bytes: Buffer) => void {
  let rest = "";
  return (bytes) => {
    const parts = (rest + bytes.toString("latin1")).split("\r\n");
    rest = parts.pop() ?? "";
    for (const line of parts) onLine(line);
  };
}
