import type { IncomingMessage } from "node:http";
import https from "node:https";
import { bareHost, readAtMost } from "./answer";
import { type AllowedHosts, checkAddresses, TransportError } from "./egress";
import type { Names } from "./names";
import { connectionOptions } from "./server-settings";
import { untilAborted } from "./until-aborted";

/** A file that came, or came and was refused: the end of a sentence about its address. */
export class FileRefusal extends Error {}

export type FetchOptions = {
  names: Names;
  allowedHosts: AllowedHosts;
  /** PEM of a certificate authority to trust instead of the system's. */
  ca?: string;
  /** Ends the fetching early. */
  signal?: AbortSignal;
  /** The only port that is connected to, also after a redirect; 443 unless a test says so. */
  port?: number;
};

const FILE_BYTES_MAX = 128 * 1024;
const FILE_MS = 5_000;
const REDIRECTS_MAX = 3;

type Answer = { status: number; location: string | null; text: string };

/**
 * Fetches a small text file from a stranger's server: https with a valid certificate, 128 KB and
 * five seconds at most in all, up to three redirects, each to https again. Every host's addresses
 * are checked before it is connected to, and only those are. Sends no cookie and no credential.
 * @throws FileRefusal for what the server answers, TransportError or Node's error when there is no
 * answer: EPRIVATEHOST, ENOTFOUND, EDEADLINE …
 */
export async function fetchFile(address: string, options: FetchOptions): Promise<string> {
  const limit = AbortSignal.timeout(FILE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  let url = new URL(address);
  for (let redirects = 0; ; redirects++) {
    const answer = await get(assertMayAsk(url, options), { ...options, signal });
    if (answer.location === null) {
      if (answer.status === 200) return answer.text;
      throw new FileRefusal(`answers with status ${answer.status}`);
    }
    if (redirects === REDIRECTS_MAX) throw new FileRefusal("leads from one address to the next");
    if (!URL.canParse(answer.location, url)) throw new FileRefusal("leads to no address");
    url = new URL(answer.location, url);
  }
}

function assertMayAsk(url: URL, { port = 443 }: FetchOptions): URL {
  if (url.protocol !== "https:") throw new FileRefusal("leads to an address that is not https");
  if (Number(url.port || 443) !== port) throw new FileRefusal("leads to another port");
  if (url.username || url.password) throw new FileRefusal("leads to an address with a sign-in");
  return url;
}

async function get(url: URL, options: FetchOptions & { signal: AbortSignal }): Promise<Answer> {
  const { signal } = options;
  const host = bareHost(url);
  const found = await untilAborted(
    options.names.addresses(host),
    signal,
    "looking the name up took too long",
  );
  const addresses = checkAddresses(host, found, options.allowedHosts);
  return new Promise((resolve, reject) => {
    const request = https.get(url, {
      ...connectionOptions(addresses, options.ca),
      agent: false,
      maxHeaderSize: 16 * 1024,
      headers: { accept: "text/xml, application/xml", "accept-encoding": "identity" },
    });
    const end = () => request.destroy(new TransportError("EDEADLINE", "the server took too long"));
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    request.on("error", reject);
    request.on("close", () => signal.removeEventListener("abort", end));
    request.on("response", (response) => {
      // Whatever came of it, the rest is not wanted: a server may send for ever.
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => request.destroy());
    });
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const location = status >= 300 && status < 400 ? (headers.location ?? null) : null;
  if (status !== 200) return { status, location, text: "" };
  if ((headers["content-encoding"] ?? "identity") !== "identity")
    throw new FileRefusal("comes compressed, which was not asked for");
  if (Number(headers["content-length"] ?? 0) > FILE_BYTES_MAX) throw new FileRefusal(TOO_LARGE);
  const file = await readAtMost(response, FILE_BYTES_MAX);
  if (file === null) throw new FileRefusal(TOO_LARGE);
  const text = decoded(file);
  if (text === null) throw new FileRefusal("is not UTF-8 text");
  return { status, location: null, text };
}

const TOO_LARGE = `is larger than ${FILE_BYTES_MAX / 1024} KB`;

/** Strict, so that nothing hides in another encoding from who looks for it in this one. */
function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
