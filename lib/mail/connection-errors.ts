import { type Explanation, has, otherSecurity } from "./error-facts";

const CERTIFICATE_CODES = [
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

const OLD_TLS_CODES = [
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
  "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
  "ERR_SSL_DH_KEY_TOO_SMALL",
  "ERR_SSL_VERSION_TOO_LOW",
];

/** Certificates and TLS. */
export const TLS: Explanation[] = [
  {
    when: (f) =>
      f.code === "ERR_SSL_WRONG_VERSION_NUMBER" ||
      (f.code === "EPROTO" && !has(f, "alert protocol version", "unsupported protocol")) ||
      has(f, "wrong version number", "packet length too long", "unknown protocol", "http request"),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} does not speak TLS from the start on port ${f.port}.`,
      fix: otherSecurity({ ...f, security: "tls" }).replace(/^Use/, "Try"),
    }),
  },
  {
    when: (f) => f.code === "ERR_TLS_CERT_ALTNAME_INVALID" || has(f, "altnames"),
    say: (f) => ({
      kind: "config",
      cause: `The certificate of ${f.host} is for another name${certificateNames(f.words)}.`,
      fix: "Enter the host name the certificate is made for; your provider's help page has it.",
    }),
  },
  {
    when: (f) => f.code === "CERT_HAS_EXPIRED" || f.code === "CERT_NOT_YET_VALID",
    say: (f) => ({
      kind: "config",
      cause: `The certificate of ${f.host} ${f.code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}.`,
      fix: "Whoever runs the server must renew it. Also check this machine's clock.",
    }),
  },
  {
    when: (f) => CERTIFICATE_CODES.includes(f.code) || has(f, "self signed", "self-signed"),
    say: (f) => ({
      kind: "config",
      cause: `The certificate of ${f.host} is not signed by an authority this machine trusts.`,
      fix:
        "For your own server, give Node its authority with NODE_EXTRA_CA_CERTS, or install a " +
        "certificate from a public one.",
    }),
  },
  {
    when: (f) =>
      OLD_TLS_CODES.includes(f.code) ||
      has(
        f,
        "alert protocol version",
        "unsupported protocol",
        "dh key too small",
        "version too low",
      ),
    say: (f) => ({
      kind: "config",
      cause: `${f.host} speaks only versions of TLS that are no longer safe.`,
      fix: "Whoever runs the server must allow TLS 1.2 or newer, with keys of today's length.",
    }),
  },
  {
    when: (f) => f.code === "ETLS" || f.code.startsWith("ERR_SSL") || f.code.startsWith("ERR_TLS"),
    say: (f) => ({
      kind: "config",
      cause: `No encrypted connection to ${f.host} on port ${f.port} could be made.`,
      fix: otherSecurity(f),
    }),
  },
];

/** Names, sockets and time-outs. */
export const NETWORK: Explanation[] = [
  {
    when: (f) =>
      f.code === "ENOTFOUND" || f.code === "ENODATA" || (f.code === "EDNS" && has(f, "enotfound")),
    say: (f) => ({
      kind: "config",
      cause: `There is no server called ${f.host || "that"}.`,
      fix: `Check the ${f.protocolName} host for typos.`,
    }),
  },
  {
    when: (f) =>
      ["EAI_AGAIN", "EDNS", "ESERVFAIL", "ETIMEOUT"].includes(f.code) && !has(f, "socket"),
    say: (f) => ({
      kind: "transient",
      cause: `The name ${f.host} could not be looked up.`,
      fix: "It will be tried again. If this goes on, check this machine's DNS.",
    }),
  },
  {
    when: (f) => f.code === "ECONNREFUSED" || has(f, "econnrefused"),
    say: (f) => ({
      kind: "transient",
      cause: `Nothing answers on ${f.host}, port ${f.port}.`,
      fix: `Check the ${f.protocolName} port. If it is right, the server is down or a firewall refuses us.`,
    }),
  },
  {
    when: (f) =>
      ["ETIMEDOUT", "ETIMEOUT", "CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT"].includes(
        f.code,
      ),
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} did not answer on port ${f.port} in time.`,
      fix:
        f.code === "GREETING_TIMEOUT"
          ? otherSecurity(f)
          : `Check host and port. Many hosters block ports 25, 465 and 587 until asked.`,
    }),
  },
  {
    when: (f) => ["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "ENETDOWN"].includes(f.code),
    say: (f) => ({
      kind: "transient",
      cause: `This machine has no way to ${f.host}.`,
      fix: "Check this machine's network. It will be tried again.",
    }),
  },
  {
    when: (f) =>
      [
        "ECONNRESET",
        "ECONNECTION",
        "ECONNABORTED",
        "EPIPE",
        "ESOCKET",
        "NOCONNECTION",
        "CLOSEDAFTERCONNECTTLS",
        "CLOSEDAFTERCONNECTTEXT",
      ].includes(f.code) && f.smtpCode < 500,
    say: (f) => ({
      kind: "transient",
      cause: `${f.host} closed the connection.`,
      fix: `It will be tried again. If it always happens, check the port. ${otherSecurity(f)}`,
    }),
  },
  {
    when: (f) => ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(f.code),
    say: () => ({
      kind: "transient",
      cause: "This machine has run out of connections or memory.",
      fix: "It will be tried again. Give the worker more of both if this goes on.",
    }),
  },
];

function certificateNames(words: string): string {
  const names = [...words.slice(0, 2_000).matchAll(/dns:([a-z0-9.*-]{1,253})/g)].slice(0, 3);
  return names.length === 0 ? "" : ` (${names.map((name) => name[1]).join(", ")})`;
}
