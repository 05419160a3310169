import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { freePort } from "@/lib/db/processes";
import { holderOf, requirePort } from "./port";

async function listening(host: string): Promise<{ port: number; server: net.Server }> {
  const server = net.createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("no port");
  return { port: address.port, server };
}

test("a free port is no trouble", async () => {
  const port = await freePort();
  await expect(requirePort({ port, host: "127.0.0.1", command: "npm start" })).resolves.toBe(
    undefined,
  );
});

test.each([
  { holder: "127.0.0.1", wanted: "127.0.0.1" },
  { holder: "127.0.0.1", wanted: "0.0.0.0" },
  { holder: "0.0.0.0", wanted: "127.0.0.1" },
])("a port taken on $holder is refused for $wanted in one line", async ({ holder, wanted }) => {
  const { port, server } = await listening(holder);
  try {
    await expect(requirePort({ port, host: wanted, command: "npm start" })).rejects.toThrow(
      new RegExp(
        `^Port ${port} is taken by another program.*: set PORT to a free one, for example PORT=${port + 1} npm start$`,
      ),
    );
  } finally {
    server.close();
  }
});

test.runIf(process.platform === "linux")("the program on a port is named", async () => {
  const { port, server } = await listening("127.0.0.1");
  try {
    expect(holderOf(port)?.pid).toBe(process.pid);
  } finally {
    server.close();
  }
});
