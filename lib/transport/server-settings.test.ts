import { once } from "node:events";
import net from "node:net";
import { expect, it } from "vitest";
import { portOf } from "@/lib/testing/free-ports";
import { connectionOptions } from "./server-settings";

it("a server that does not answer on its IPv6 address is reached over IPv4", async () => {
  const server = net.createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const addresses = [
    { address: "::1", family: 6 as const },
    { address: "127.0.0.1", family: 4 as const },
  ];
  const options = connectionOptions(addresses, undefined);
  const socket = net.connect({ host: "mail.example.test", port: portOf(server), ...options });
  try {
    await once(socket, "connect");
    expect(socket.remoteAddress).toBe("127.0.0.1");
  } finally {
    socket.destroy();
    server.close();
  }
});
