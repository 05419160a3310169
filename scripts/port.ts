import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import net from "node:net";
import { AppError } from "@/lib/errors";

/**
 * Makes sure that `port` can be listened on, before anything else is started.
 * @throws AppError "unavailable" with one line that names who has it and what to type instead.
 */
export async function requirePort(options: {
  port: number;
  host: string;
  /** What the person typed, for the example in the line. */
  command: string;
}): Promise<void> {
  const { port, host, command } = options;
  const refusal = (await listenOnce(port, host)) ?? (await isAnsweredOnIpv6(port));
  if (!refusal) return;
  const instead = `set PORT to a free one, for example PORT=${nextPort(port)} ${command}`;
  if (refusal === "EACCES")
    throw new AppError("unavailable", `Port ${port} may not be opened by this user: ${instead}`);
  const holder = holderOf(port);
  const who = holder ? ` (${holder.command}, process ${holder.pid})` : "";
  throw new AppError("unavailable", `Port ${port} is taken by another program${who}: ${instead}`);
}

const nextPort = (port: number) => (port < 65_535 ? port + 1 : 3001);

/** The code of the error that listening gives, or null when it works. */
export function listenOnce(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on("error", (error) => resolve("code" in error ? String(error.code) : "EADDRINUSE"));
    server.listen({ port, host }, () => server.close(() => resolve(null)));
  });
}

/** Browsers try ::1 first for `localhost`: a program there would answer instead of us. */
function isAnsweredOnIpv6(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "::1", timeout: 1_000 });
    const answer = (code: string | null) => {
      socket.destroy();
      resolve(code);
    };
    socket.on("connect", () => answer("EADDRINUSE"));
    socket.on("error", () => answer(null));
    socket.on("timeout", () => answer(null));
  });
}

type Holder = { pid: number; command: string };

/** The process that listens on a port, when the system tells. */
export function holderOf(port: number): Holder | null {
  try {
    return process.platform === "linux" ? holderFromProc(port) : holderFromLsof(port);
  } catch {
    return null;
  }
}

function holderFromProc(port: number): Holder | null {
  const inodes = new Set(["tcp", "tcp6"].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return null;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || !socketInodes(name).some((inode) => inodes.has(inode))) continue;
    return { pid: Number(name), command: readFileSync(`/proc/${name}/comm`, "utf8").trim() };
  }
  return null;
}

/** Rows of /proc/net/tcp: local address in hex, state 0A = LISTEN, inode in the tenth column. */
function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return readFileSync(`/proc/net/${table}`, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === "0A")
    .flatMap((row) => row[9] ?? []);
}

function socketInodes(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    // Another user's process.
    return [];
  }
}

function holderFromLsof(port: number): Holder | null {
  const out = execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = Number(/^p(\d+)$/m.exec(out)?.[1]);
  const command = /^c(.+)$/m.exec(out)?.[1];
  return pid && command ? { pid, command } : null;
}
