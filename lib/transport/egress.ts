import dns from "node:dns";
import net from "node:net";
import ipaddr from "ipaddr.js";

/** Names and address ranges of mail servers that may lie on loopback or private addresses. */
export type AllowedHosts = {
  readonly names: ReadonlySet<string>;
  readonly ranges: readonly (readonly [Address, number])[];
};

/** An address that was checked and may be connected to. */
export type CheckedAddress = { address: string; family: 4 | 6 };

/** A connection that was not made: `code` is EPRIVATEHOST, or the code DNS gave (ENOTFOUND …). */
export class TransportError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "TransportError";
    this.code = code;
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const DNS_DEADLINE_MS = 10_000;

/**
 * Reads EMAIL_ALLOWED_PRIVATE_HOSTS: host names, addresses and CIDRs, separated by commas or
 * blanks. `localhost, 10.0.0.0/8, fd12::/16, mail.internal`. Empty allows nothing.
 * @throws Error whose message names the first entry that is none of these.
 */
export function parseAllowedHosts(value: string): AllowedHosts {
  const names = new Set<string>();
  const ranges: [Address, number][] = [];
  for (const entry of value.split(/[\s,]+/).filter((text) => text !== "")) {
    const range = parseRange(entry);
    if (range) ranges.push(range);
    else if (isHostName(entry)) names.add(canonicalName(entry));
    else throw new Error(`holds "${entry}", which is neither a host name nor an address range`);
  }
  return { names, ranges };
}

/**
 * Resolves a mail server's name and checks every answer: link-local, metadata, unspecified,
 * multicast and reserved addresses are always refused, loopback and private ones unless the name
 * or the address is in `allowed`. One refused answer refuses the host. Connect only to what this
 * returns: a second look-up could answer something else (DNS rebinding).
 * @throws TransportError EPRIVATEHOST, or the code of the failed look-up; 10 s at most.
 */
export async function resolveMailHost(
  host: string,
  allowed: AllowedHosts,
): Promise<CheckedAddress[]> {
  const answers = await lookUp(host);
  return checkAddresses(
    host,
    answers.map(({ address }) => address),
    allowed,
  );
}

/**
 * Checks what a look-up of `host` answered, by the rules of resolveMailHost().
 * @throws TransportError EPRIVATEHOST for the first refused address.
 */
export function checkAddresses(
  host: string,
  addresses: readonly string[],
  allowed: AllowedHosts,
): CheckedAddress[] {
  return addresses.map((address) => {
    const refusal = refusalOf(address, host, allowed);
    if (refusal) throw new TransportError("EPRIVATEHOST", refusal);
    return { address, family: net.isIPv6(address) ? 6 : 4 };
  });
}

/** A `lookup` for net.connect and tls.connect that answers the checked addresses and asks nobody. */
export function lookupOf(addresses: readonly CheckedAddress[]): net.LookupFunction {
  return (_host, options, callback) => {
    const all = addresses.map(({ address, family }) => ({ address, family }));
    const [first] = all;
    if (options.all) callback(null, all);
    else if (first) callback(null, first.address, first.family);
    else callback(new TransportError("ENOTFOUND", "no address"), "");
  };
}

async function lookUp(host: string): Promise<dns.LookupAddress[]> {
  const name = host.trim();
  if (name === "") throw new TransportError("ENOTFOUND", "the host name is empty");
  const answers = await withDeadline(dns.promises.lookup(name, { all: true }), name);
  if (answers.length === 0) throw new TransportError("ENOTFOUND", `${name} has no address`);
  return answers;
}

/** The system's resolver has no time limit of its own that could be set. */
async function withDeadline<T>(work: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const error = new TransportError("ETIMEOUT", `looking up ${name} took too long`);
    timer = setTimeout(() => reject(error), DNS_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(text: string, host: string, allowed: AllowedHosts): string | null {
  const where = text === host ? text : `${host} (${text})`;
  const address = unwrap(parseAddress(text));
  const kind = address === null ? "never" : kindOf(address);
  if (address === null || kind === "never") {
    return `${where} is not an address a mail server can have; it is always refused`;
  }
  if (kind === "public" || allowed.names.has(canonicalName(host))) return null;
  if (allowed.ranges.some((range) => contains(range, address))) return null;
  return (
    `${where} is on this machine or in a private network. ` +
    `If that is meant, add ${host} to EMAIL_ALLOWED_PRIVATE_HOSTS`
  );
}

const PRIVATE_KINDS = new Set(["loopback", "private", "carrierGradeNat", "uniqueLocal"]);

/** Cloud metadata services that lie among otherwise private or public addresses. */
const METADATA = ["fd00:ec2::254", "100.100.100.200", "168.63.129.16", "fd20:ce::254"].map((text) =>
  ipaddr.parse(text).toNormalizedString(),
);

function kindOf(address: Address): "public" | "private" | "never" {
  if (METADATA.includes(address.toNormalizedString())) return "never";
  const range = address.range();
  if (range === "unicast") return "public";
  return PRIVATE_KINDS.has(range) ? "private" : "never";
}

/**
 * The IPv4 address inside an IPv4-mapped (RFC 4291 §2.5.5.2), NAT64 (RFC 6052) or 6to4 (RFC 3056)
 * address, so that none of them is a way round the rule; other addresses as they are.
 */
function unwrap(address: Address | null): Address | null {
  if (address === null || isIPv4(address)) return address;
  const bytes = address.toByteArray();
  switch (address.range()) {
    case "ipv4Mapped":
      return address.toIPv4Address();
    case "rfc6052":
      return new ipaddr.IPv4(bytes.slice(12));
    case "6to4":
      return new ipaddr.IPv4(bytes.slice(2, 6));
    default:
      // The deprecated IPv4-compatible form ::a.b.c.d (RFC 4291 §2.5.5.1) has no honest use.
      return bytes.slice(0, 12).every((byte) => byte === 0) && !isLoopback(address)
        ? null
        : address;
  }
}

function isLoopback(address: Address): boolean {
  return address.range() === "loopback";
}

function isIPv4(address: Address): address is ipaddr.IPv4 {
  return address.kind() === "ipv4";
}

function parseAddress(text: string): Address | null {
  return net.isIP(text) !== 0 && ipaddr.isValid(text) ? ipaddr.parse(text) : null;
}

function contains([network, bits]: readonly [Address, number], address: Address): boolean {
  if (isIPv4(network)) return isIPv4(address) && address.match(network, bits);
  return !isIPv4(address) && address.match(network, bits);
}

/** Strict on purpose: `10.0.0.0/33`, `10/8` and `010.0.0.1` are mistakes, not ranges. */
function parseRange(entry: string): [Address, number] | null {
  const [text = "", bits, ...rest] = entry.split("/");
  const address = parseAddress(text);
  if (address === null || rest.length > 0) return null;
  const width = isIPv4(address) ? 32 : 128;
  const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(length <= width)) return null;
  // Answers are unwrapped before they are compared, so a mapped range is unwrapped too.
  if (!isIPv4(address) && address.isIPv4MappedAddress() && length >= 96) {
    return [address.toIPv4Address(), length - 96];
  }
  return [address, length];
}

/** RFC 1123 host name; a last label of digits only is a mistyped address. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const isLabel = (label: string) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label);
  return text.length <= 253 && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? "");
}

function canonicalName(host: string): string {
  return host.trim().toLowerCase().replace(/\.$/, "");
}
