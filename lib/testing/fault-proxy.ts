import { EventEmitter, once } from "node:events";
import net from "node:net";
import { portOf } from "./free-ports";

/**
 * What the proxy does to the traffic. Byte counts are of the direction server → client.
 * `latencyMs` is added each way; `bytesPerSecond` limits both directions.
 */
export type Fault = {
  latencyMs?: number;
  bytesPerSecond?: number;
  /** Reset every connection as soon as it is accepted. */
  reset?: boolean;
  /** Accept connections and never answer. */
  stall?: boolean;
  /** Swallow everything in both directions, as a dropped NAT entry does. */
  blackHole?: boolean;
  /** Close (FIN) after this many bytes. */
  cutAfter?: number;
  /** Reset (RST) after this many bytes. */
  resetAfter?: number;
  /** Become a black hole after this many bytes. */
  holeAfter?: number;
  /** Keep back what a client says from the first words that match on, until the fault is changed. */
  holdAt?: RegExp;
  /** What the server says that matches reaches the client as so many X: what it can do is not told. */
  mask?: RegExp;
  /** Hand on what a client says that matches, and reset it before it can hear the answer. */
  loseAnswerTo?: RegExp;
};

export type FaultProxy = {
  port: number;
  /** How many connections were accepted so far. */
  accepted: () => number;
  /** How often `holdAt` has made a client wait so far. */
  held: () => number;
  /** Changes the fault for live and later connections; `{}` is none. */
  set: (fault: Fault) => void;
  /** Resets every live connection. */
  reset: () => void;
  /** Closes (FIN) every live connection. */
  cut: () => void;
  close: () => Promise<void>;
};

type Connection = { client: net.Socket; server: net.Socket | null; sentDown: number };

/** Starts a TCP proxy on 127.0.0.1 in front of `targetPort` that breaks things on request. */
export async function startFaultProxy(targetPort: number, fault: Fault = {}): Promise<FaultProxy> {
  const state: State = { fault, held: 0, changed: new EventEmitter() };
  const live = new Set<Connection>();
  let accepted = 0;
  const listener = net.createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    client.on("error", () => undefined);
    if (state.fault.reset) {
      client.resetAndDestroy();
      return;
    }
    const connection: Connection = { client, server: null, sentDown: 0 };
    live.add(connection);
    client.on("close", () => {
      live.delete(connection);
      connection.server?.destroy();
    });
    if (!state.fault.stall) connectThrough(connection, targetPort, state);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: portOf(listener),
    accepted: () => accepted,
    held: () => state.held,
    set: (next) => {
      state.fault = next;
      state.changed.emit("changed");
    },
    reset: () => {
      for (const { client } of live) client.resetAndDestroy();
    },
    cut: () => {
      for (const { client } of live) client.end();
    },
    async close() {
      for (const { client } of live) client.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}

type State = { fault: Fault; held: number; changed: EventEmitter };

function connectThrough(connection: Connection, targetPort: number, state: State): void {
  const { client } = connection;
  const server = net.connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
  connection.server = server;
  server.on("error", () => client.destroy());
  server.on("close", () => {
    if (!state.fault.blackHole) client.destroy();
  });
  carry(client, server, (bytes) => passUp(bytes, { client, server }, state), state);
  carry(server, client, (bytes) => passDown(bytes, connection, state), state);
}

/** Hands chunks on one after the other, reading no further while one is on its way. */
function carry(
  from: net.Socket,
  to: net.Socket,
  handle: (bytes: Buffer) => Promise<void>,
  state: State,
): void {
  let chain = Promise.resolve();
  from.on("data", (bytes) => {
    from.pause();
    chain = chain.then(() => handle(bytes)).finally(() => from.resume());
  });
  from.on("end", () => {
    chain = chain.then(() => {
      if (!state.fault.blackHole) to.end();
    });
  });
}

type Ends = { client: net.Socket; server: net.Socket };

async function passUp(bytes: Buffer, { client, server }: Ends, state: State): Promise<void> {
  const words = bytes.toString("latin1");
  if (state.fault.holdAt?.test(words)) {
    state.held += 1;
    await once(state.changed, "changed");
  }
  if (state.fault.loseAnswerTo?.test(words)) {
    server.removeAllListeners("data").resume();
    server.write(bytes);
    // The server must have read them before the connection breaks.
    await pause(50);
    client.resetAndDestroy();
    return;
  }
  return pass(bytes, server, state);
}

async function pass(bytes: Buffer, to: net.Socket, state: State): Promise<void> {
  if (state.fault.blackHole) return;
  if (state.fault.latencyMs) await pause(state.fault.latencyMs);
  const { bytesPerSecond } = state.fault;
  const step = bytesPerSecond ? Math.max(1, Math.floor(bytesPerSecond / 20)) : bytes.length;
  for (let at = 0; at < bytes.length && !to.destroyed; at += step) {
    to.write(bytes.subarray(at, at + step));
    if (bytesPerSecond) await pause(50);
  }
}

function masked(bytes: Buffer, { mask }: Fault): Buffer {
  if (!mask) return bytes;
  const words = bytes.toString("latin1").replace(mask, (word) => "X".repeat(word.length));
  return Buffer.from(words, "latin1");
}

async function passDown(told: Buffer, connection: Connection, state: State): Promise<void> {
  const bytes = masked(told, state.fault);
  const { cutAfter, resetAfter, holeAfter } = state.fault;
  const limit = cutAfter ?? resetAfter ?? holeAfter;
  if (limit === undefined || connection.sentDown + bytes.length < limit) {
    connection.sentDown += bytes.length;
    return pass(bytes, connection.client, state);
  }
  const last = bytes.subarray(0, Math.max(0, limit - connection.sentDown));
  await pass(last, connection.client, state);
  connection.sentDown = limit;
  // The last bytes must reach the client before the connection breaks.
  await pause(5);
  if (holeAfter !== undefined) {
    state.fault = { ...state.fault, blackHole: true };
    return;
  }
  if (resetAfter !== undefined) connection.client.resetAndDestroy();
  else connection.client.end();
  connection.server?.destroy();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
