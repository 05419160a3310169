import { type AllowedHosts, TransportError } from "../transport/egress";
import { toMailError } from "../transport/mail-error";
import type { Names } from "../transport/names";

/** How a server was found. */
export type Way = "address" | "mx" | "autoconfig" | "srv" | "guess";

/** A server that was found, with the name that signs in; "" when nothing says so. */
export type FoundServer = {
  host: string;
  port: number;
  security: "tls" | "starttls";
  username: string;
  way: Way;
};

/** One thing that was tried, and what came of it, in a sentence. */
export type Attempt = { where: string; outcome: string };

/** What one way of looking gave. */
export type Sides = { imap: FoundServer | null; smtp: FoundServer | null; attempts: Attempt[] };

/** What a look-up may use; `ports` and `ca` are there for servers of tests. */
export type Look = {
  names: Names;
  allowedHosts: AllowedHosts;
  signal: AbortSignal;
  ca?: string;
  ports: Ports;
};

/** Where servers answer: IANA's numbers, which nobody but a test changes. */
export type Ports = {
  https: number;
  imaps: number;
  imap: number;
  submissions: number;
  submission: number;
};

export const USUAL_PORTS: Ports = {
  https: 443,
  imaps: 993,
  imap: 143,
  submissions: 465,
  submission: 587,
};

/** A failed connection in plain words. */
export function outcomeOf(
  error: unknown,
  server: { protocol: "imap" | "smtp"; host: string; port: number; security: string },
): string {
  // It names the address and the setting.
  if (error instanceof TransportError && error.code === "EPRIVATEHOST") return `${error.message}.`;
  return toMailError(error, server).message;
}
