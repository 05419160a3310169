import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { SMTP_STEPS, startFailingSmtp } from "@/lib/testing/failing-smtp";
import { sendMail } from "@/lib/testing/send-mail";
import { parseAllowedHosts } from "./egress";
import type { TransportOptions } from "./server-settings";

// A server that hangs, at every step of a session. Nothing may wait for it longer than the limits.

const allowedHosts = parseAllowedHosts("127.0.0.0/8");
const STALL_MS = 300;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

/** Sends a mail to a server on this port. @returns how it failed and how long that took. */
async function failure(port: number, options: Partial<TransportOptions>) {
  const server = { host: "127.0.0.1", port, security: "none" as const };
  const to = "ann@customer.test";
  const mail = { from: "support@example.test", to, text: "Hello", messageId: "<a.1@example.test>" };
  const startedAt = performance.now();
  const sending = sendMail({ ...server, username: "u", password: "pw" }, mail, {
    allowedHosts,
    ...options,
  });
  const error = await sending.then(
    () => null,
    (error: unknown) => error,
  );
  return { error, ms: performance.now() - startedAt };
}

/**
 * A port where connecting itself hangs: whoever listens there is stopped, and its queue of two is
 * full, so the kernel answers nobody else.
 */
async function startHangingPort(): Promise<number> {
  const code = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 },
    function () { console.log(this.address().port); })`;
  const child: ChildProcess = spawn(process.execPath, ["-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout ?? child, "data");
  child.kill("SIGSTOP");
  const port = Number(line);
  for (let n = 0; n < 4; n++) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => undefined);
    cleanups.push(() => socket.destroy());
  }
  return port;
}

describe("a server that says nothing any more", () => {
  it.each(SMTP_STEPS)("at %s is given up, and may have the mail only after the dot", async (at) => {
    const silent = await startFailingSmtp(at, null);
    cleanups.push(silent.close);
    const { error, ms } = await failure(silent.port, { stallMs: STALL_MS });
    expect(error).toMatchObject({ kind: "transient", uncertain: at === "dot", responseCode: null });
    expect(ms).toBeGreaterThanOrEqual(STALL_MS - 50);
    expect(ms).toBeLessThan(10 * STALL_MS);
  });

  it("at the very connection is given up", async () => {
    const port = await startHangingPort();
    const { error, ms } = await failure(port, { stallMs: STALL_MS });
    expect(error).toMatchObject({ code: "EDEADLINE", kind: "transient", uncertain: false });
    expect(ms).toBeLessThan(10 * STALL_MS);
  });

  it.each(["greeting", "DATA"] as const)(
    "at %s is left at once when the mail is called off",
    async (at) => {
      const silent = await startFailingSmtp(at, null);
      cleanups.push(silent.close);
      const { error, ms } = await failure(silent.port, { signal: AbortSignal.timeout(STALL_MS) });
      expect(error).toMatchObject({ code: "EDEADLINE", kind: "transient", uncertain: false });
      expect(ms).toBeLessThan(10 * STALL_MS);
    },
  );
});
