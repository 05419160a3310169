import dns from "node:dns";
import net from "node:net";
import { TransportError } from "./egress";

/** Where a service is, by its SRV record (RFC 2782). */
export type Service = { host: string; port: number };

/** What finding a domain's servers asks of DNS. Each throws ENOTFOUND or ENODATA as
 * DNS says it, and EDNS when no name server answers. */
export type Names = {
  /** The hosts that take a domain's mail, best first. */
  mx: (domain: string) => Promise<string[]>;
  /** Where a service such as `_imaps._tcp.example.com` is, best first; [] when there is none. */
  services: (name: string) => Promise<Service[]>;
  /** The IPv4 and IPv6 addresses of a host. */
  addresses: (host: string) => Promise<string[]>;
};

const QUESTION_MS = 2000;
/** What is beyond it in one answer is not looked at. */
const RECORDS_MAX = 20;

/**
 * Asks the name servers this process asks (dns.getServers(), which dns.setServers() changes), each
 * question two seconds at most. What they don't know may stand in this machine's own list
 * (/etc/hosts), as for every other connection; `onlyServers` leaves that out.
 */
export function askNames(options: { servers?: string[]; onlyServers?: boolean } = {}): Names {
  const ask = <T>(question: (resolver: dns.promises.Resolver) => Promise<T>) =>
    bounded(options.servers ?? dns.getServers(), question);
  return {
    async mx(domain) {
      const records = await ask((resolver) => resolver.resolveMx(domain));
      const sorted = records.slice(0, RECORDS_MAX).sort((a, b) => a.priority - b.priority);
      // A single "." says that the domain takes no mail (RFC 7505).
      return sorted.map(({ exchange }) => exchange).filter((host) => host !== "" && host !== ".");
    },
    async services(name) {
      const records = await ask((resolver) => resolver.resolveSrv(name)).catch(noneIfUnknown);
      const sorted = records
        .slice(0, RECORDS_MAX)
        .sort((a, b) => a.priority - b.priority || b.weight - a.weight);
      // "." as target says that the service is not offered (RFC 6186 §3.4).
      return sorted
        .filter((record) => record.name !== "" && record.name !== ".")
        .map((record) => ({ host: record.name, port: record.port }));
    },
    async addresses(host) {
      if (net.isIP(host) !== 0) return [host];
      const [four, six] = await Promise.allSettled([
        ask((resolver) => resolver.resolve4(host)),
        ask((resolver) => resolver.resolve6(host)),
      ]);
      const found = [four, six].flatMap((each) =>
        each.status === "fulfilled" ? each.value.slice(0, RECORDS_MAX) : [],
      );
      if (found.length > 0) return found;
      const reason: unknown = four.status === "rejected" ? four.reason : unknownName(host);
      // Where no name server answers, the system would wait for the same ones, and hold up others.
      if (options.onlyServers || !isUnknown(reason)) throw reason;
      return ownList(host);
    },
  };
}

/** A resolver of its own for each question: cancel() ends all that one has been asked. */
async function bounded<T>(
  servers: string[],
  question: (resolver: dns.promises.Resolver) => Promise<T>,
): Promise<T> {
  const resolver = new dns.promises.Resolver({ timeout: QUESTION_MS, tries: 1 });
  resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), QUESTION_MS);
  try {
    return await question(resolver);
  } catch (error) {
    if (isUnknown(error)) throw error;
    // Its code would say of the host what is true of the name server: ECONNREFUSED, ECANCELLED …
    throw new TransportError("EDNS", error instanceof Error ? error.message : "DNS failed");
  } finally {
    clearTimeout(timer);
  }
}

async function ownList(host: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new TransportError("ETIMEOUT", `looking up ${host} took too long`)),
      QUESTION_MS,
    );
  });
  try {
    const answers = await Promise.race([dns.promises.lookup(host, { all: true }), limit]);
    return answers.slice(0, RECORDS_MAX).map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
}

/** "No such name" and "no such record" are answers, not failures. */
function isUnknown(error: unknown): boolean {
  const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return code === "ENOTFOUND" || code === "ENODATA";
}

function noneIfUnknown(error: unknown): never[] {
  if (isUnknown(error)) return [];
  throw error;
}

function unknownName(host: string): TransportError {
  return new TransportError("ENOTFOUND", `${host} has no address`);
}
