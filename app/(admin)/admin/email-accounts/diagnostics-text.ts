import type { LogLine, OtherWay, ProbeResult } from "@/lib/transport/probe";

const ENCRYPTIONS: Record<string, string> = {
  tls: "SSL/TLS",
  starttls: "STARTTLS",
  none: "no encryption",
};

/** "port 143 with STARTTLS". */
export function describeWay({ port, security }: OtherWay): string {
  return `port ${port} with ${ENCRYPTIONS[security]}`;
}

const SPEAKERS = { us: "C", server: "S", note: "-" } as const;

/** A line of the protocol log as people exchange them: C is Mailroom, S the server. */
export function logText({ ms, from, text }: LogLine): string {
  return `${String(ms).padStart(6)} ms  ${SPEAKERS[from]}: ${text}`;
}

/** Everything a test has found, as text to send to whoever runs the server; holds no secret. */
export function diagnosticsText(report: ProbeResult, at: Date): string {
  const { server, stages, failure, otherWay, log } = report;
  const encryption = ENCRYPTIONS[server.security] ?? server.security;
  const lines = [
    `${report.headline} (${(report.totalMs / 1000).toFixed(2)} s, ${at.toISOString()})`,
    `${server.protocol.toUpperCase()} ${server.host}, port ${server.port}, ${encryption}, user ${server.username || "none"}`,
    "",
    ...stages.map(({ name, state, fact, ms }) => {
      const time = state === "skipped" ? "" : `${ms} ms`;
      return `${state.padEnd(8)} ${name.padEnd(12)} ${time.padStart(9)}  ${fact}`;
    }),
    ...(failure ? ["", `Cause: ${failure.cause}`, `Fix: ${failure.fix}`] : []),
    ...(failure?.serverSaid ? [`The server said: ${failure.serverSaid}`] : []),
    ...(otherWay ? [`This works instead: ${describeWay(otherWay)}`] : []),
    "",
    "Protocol log (C: Mailroom, S: the server; passwords and tokens are left out)",
    ...log.map(logText),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
