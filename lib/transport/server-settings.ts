import type { ConnectionOptions } from "node:tls";
import { type AllowedHosts, type CheckedAddress, lookupOf } from "./egress";
import type { MailServer } from "./mail-error";
import type { ProtocolLog } from "./protocol-log";

/** Where a connection gets the access token that it signs in with. */
export interface TokenSource {
  /**
   * A token that is good now; another one where that may help, when the server has just refused
   * `refused`.
   * @throws MailError when none is to be had
   */
  accessToken(refused?: string): Promise<string>;
}

/**
 * How one mail server is reached and signed in to. An empty username means: do not sign in. With
 * `tokens` the password is not used.
 */
export type ServerSettings = {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  username: string;
  password: string;
  tokens?: TokenSource;
};

export type TransportOptions = {
  allowedHosts: AllowedHosts;
  /** PEM of a certificate authority to trust instead of the system's. */
  ca?: string;
  /** Ends whatever is going on; the caller gets a transient MailError. */
  signal?: AbortSignal;
  /** How long a connection may make no progress before it is given up; 60 s unless given. */
  stallMs?: number;
  /** Takes what is said, secrets masked; only tests keep one. */
  log?: ProtocolLog;
  /** The most bytes an IMAP server may send as one piece; 600 MB unless given. */
  literalBytesMax?: number;
};

export const STALL_MS = 60_000;

/** What an error message may say about the server: everything but the password. */
export function describeServer(
  protocol: MailServer["protocol"],
  { host, port, security, username, tokens }: ServerSettings,
): MailServer {
  return { protocol, host, port, security, username, ...(tokens ? { signIn: "oauth" } : {}) };
}

type AddressOptions = { autoSelectFamilyAttemptTimeout: number };

/**
 * Options for tls.connect and net.connect: certificates are always verified, TLS 1.2 at least
 * (RFC 8314 §4.1), and only the checked addresses are connected to. Where a server has several,
 * each gets 2.5 s before the next is tried; Node's quarter second is too short for a far server.
 */
export function connectionOptions(
  addresses: readonly CheckedAddress[],
  ca: string | undefined,
): ConnectionOptions & AddressOptions {
  return {
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    lookup: lookupOf(addresses),
    autoSelectFamilyAttemptTimeout: 2500,
    ...(ca === undefined ? {} : { ca }),
  };
}
