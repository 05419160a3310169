import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { messageOf } from "../errors";
import { bareHost } from "./answer";
import { type AllowedHosts, lookupOf, resolveMailHost, TransportError } from "./egress";

/** How long one request may take, from looking up the name to the status of its answer. */
const ANSWER_MS = 10_000;

export type SignedRequest = {
  url: string;
  /** The same for every try of one delivery, by which a receiver knows it has it. */
  id: string;
  /** `whsec_` and base64. */
  secret: string;
  body: string;
};

export type WebhookOptions = {
  allowedHosts: AllowedHosts;
  /** PEM of a certificate authority to trust instead of the system's. */
  ca?: string;
  signal?: AbortSignal | undefined;
};

/** What came of a request: taken (2xx), or why not, in words without anything of the address but its host. */
export type WebhookAnswer = { ok: boolean; said: string };

/**
 * Posts a body to a webhook, signed by the rules of Standard Webhooks: HMAC-SHA256 over id, time and
 * body. Only https, with a certificate that holds, to an address that egress allows and was looked up
 * just now; redirects are not followed, and what is answered is not read. Never throws.
 */
export async function postWebhook(
  { url, id, secret, body }: SignedRequest,
  { allowedHosts, ca, signal }: WebhookOptions,
): Promise<WebhookAnswer> {
  const deadline = AbortSignal.timeout(ANSWER_MS);
  const ended = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    const target = new URL(url);
    if (target.protocol !== "https:") return { ok: false, said: "The address is not https." };
    const host = bareHost(target);
    const addresses = await resolveMailHost(host, allowedHosts);
    const seconds = Math.floor(Date.now() / 1000);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(target, {
        method: "POST",
        agent: false,
        signal: ended,
        lookup: lookupOf(addresses),
        minVersion: "TLSv1.2",
        ...(ca === undefined ? {} : { ca }),
        headers: {
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(body),
          "User-Agent": "Mailroom",
          "webhook-id": id,
          "webhook-timestamp": String(seconds),
          "webhook-signature": signatureOf({ id, seconds, body, secret }),
        },
      });
      asked.once("response", resolve);
      asked.once("error", reject);
      asked.end(body);
    });
    const status = answer.statusCode ?? 0;
    answer.on("error", () => undefined);
    answer.destroy();
    return { ok: status >= 200 && status < 300, said: `Answered ${status}.` };
  } catch (error) {
    if (deadline.aborted) return { ok: false, said: `No answer within ${ANSWER_MS / 1000} s.` };
    return { ok: false, said: whyNot(error) };
  }
}

/** `v1,` and the base64 of HMAC-SHA256 over `id.seconds.body`, as Standard Webhooks has it. */
export function signatureOf(signed: {
  id: string;
  seconds: number;
  body: string;
  secret: string;
}): string {
  const { id, seconds, body, secret } = signed;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return `v1,${mac}`;
}

const CAUSES: Record<string, string> = {
  ECONNREFUSED: "Nothing answers at that address and port.",
  ECONNRESET: "The connection was cut.",
  ENOTFOUND: "There is no server of that name.",
  EAI_AGAIN: "The name could not be looked up.",
  ETIMEOUT: "Looking up the name took too long.",
  CERT_HAS_EXPIRED: "The server's certificate has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The server's certificate is for another name.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "Nobody this machine trusts signed the server's certificate.",
  SELF_SIGNED_CERT_IN_CHAIN: "Nobody this machine trusts signed the server's certificate.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Nobody this machine trusts signed the server's certificate.",
};

function whyNot(error: unknown): string {
  if (error instanceof TransportError && error.code === "EPRIVATEHOST") return `${error.message}.`;
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return CAUSES[code] ?? `It failed (${code || messageOf(error).slice(0, 100)}).`;
}
