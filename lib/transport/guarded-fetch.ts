import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { bareHost, readAtMost } from "./answer";
import { type AllowedHosts, lookupOf, resolveMailHost, TransportError } from "./egress";
import { connectionOptions } from "./server-settings";

export type GuardedFetchOptions = {
  allowedHosts: AllowedHosts;
  /** PEM of a certificate authority to trust instead of the system's. */
  ca?: string;
  signal?: AbortSignal;
};

/** A request as the OAuth library makes it. */
type Asked = { method: string; headers: Record<string, string>; body?: unknown };

const ANSWER_MS = 10_000;
const ANSWER_BYTES_MAX = 256 * 1024;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * A `fetch` for providers of sign-ins: over https (http only within this machine) to an address that
 * egress allows and was looked up just now, 10 s and 256 KB at most, without following redirects or
 * sending cookies. Of the answer's headers only its media type is handed on.
 * @throws TransportError EPRIVATEHOST, EDEADLINE, EPROTOCOL …, or Node's error, when there is no answer.
 */
export function guardedFetch(options: GuardedFetchOptions) {
  return async (address: string, { method, headers, body }: Asked): Promise<Response> => {
    const url = new URL(address);
    const isHere = url.protocol === "http:" && LOOPBACK.includes(url.hostname);
    if (url.protocol !== "https:" && !isHere)
      throw new TransportError("EPROTOCOL", "the provider's address is not https");
    const deadline = AbortSignal.timeout(ANSWER_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    const text = body === undefined || body === null ? "" : String(body);
    try {
      return await ask(url, { method, headers, text, signal }, options);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new TransportError("EDEADLINE", "the provider took too long");
    }
  };
}

async function ask(
  url: URL,
  asked: { method: string; headers: Record<string, string>; text: string; signal: AbortSignal },
  { allowedHosts, ca }: GuardedFetchOptions,
): Promise<Response> {
  const { method, headers, text, signal } = asked;
  const addresses = await resolveMailHost(bareHost(url), allowedHosts);
  const common = {
    ...{ method, signal, agent: false, maxHeaderSize: 32 * 1024 },
    headers: {
      ...headers,
      "content-length": String(Buffer.byteLength(text)),
      "accept-encoding": "identity",
      "user-agent": "Mailroom",
    },
  } as const;
  const request =
    url.protocol === "https:"
      ? https.request(url, { ...common, ...connectionOptions(addresses, ca) })
      : http.request(url, { ...common, lookup: lookupOf(addresses) });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve);
      request.on("error", reject);
      request.end(text);
    });
    const answer = await readAtMost(response, ANSWER_BYTES_MAX);
    if (answer === null) throw new TransportError("EPROTOCOL", "the provider's answer is too long");
    // A body may not go with these two (RFC 9110 §15).
    const status = response.statusCode ?? 0;
    const mayHaveBody = ![204, 304].includes(status);
    return new Response(mayHaveBody ? answer : null, {
      status,
      headers: { "content-type": response.headers["content-type"] ?? "" },
    });
  } finally {
    request.destroy();
  }
}
