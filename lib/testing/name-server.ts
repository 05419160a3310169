import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";

/** What the server knows of one name. `silent` names are never answered. */
export type NameRecords = {
  a?: string[];
  aaaa?: string[];
  /** Preference and host. */
  mx?: [number, string][];
  /** Priority, weight, port and target. */
  srv?: [number, number, number, string][];
  silent?: true;
};

export type NameServer = {
  /** As dns.setServers() takes it: 127.0.0.1 and the port. */
  address: string;
  /** Every question so far: "MX example.com". */
  questions: string[];
  /** By name, lower case, without a dot at the end; may be changed while it runs. */
  zone: Record<string, NameRecords>;
  close: () => Promise<void>;
};

const TYPES: Record<number, string> = { 1: "A", 15: "MX", 28: "AAAA", 33: "SRV" };
const NAME_ERROR = 3;

/**
 * A small authoritative name server (RFC 1035) on 127.0.0.1 by UDP, for tests of what is found by
 * DNS. Names outside of the zone do not exist; names in it without such a record have none.
 */
export async function startNameServer(zone: NameServer["zone"]): Promise<NameServer> {
  const questions: string[] = [];
  const socket = dgram.createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = readQuestion(query);
    questions.push(`${TYPES[type] ?? type} ${name}`);
    const records = zone[name];
    if (records?.silent) return;
    const answers = records ? encodeRecords(records, TYPES[type] ?? "") : [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    // A response, authoritative, with recursion desired and available.
    header.writeUInt16BE(0x8580 | (records ? 0 : NAME_ERROR), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const reply = Buffer.concat([header, query.subarray(12, end), ...answers]);
    socket.send(reply, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    ...{ address: `127.0.0.1:${socket.address().port}`, questions, zone },
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function encodeRecords(records: NameRecords, type: string): Buffer[] {
  switch (type) {
    case "A":
      return (records.a ?? []).map((address) =>
        encode(1, Buffer.from(address.split(".").map(Number))),
      );
    case "AAAA":
      return (records.aaaa ?? []).map((address) => encode(28, ipv6Bytes(address)));
    case "MX":
      return (records.mx ?? []).map(([preference, host]) =>
        encode(15, Buffer.concat([numbers(preference), encodeName(host)])),
      );
    case "SRV":
      return (records.srv ?? []).map(([priority, weight, port, target]) =>
        encode(33, Buffer.concat([numbers(priority, weight, port), encodeName(target)])),
      );
    default:
      return [];
  }
}

/** The record of the question's own name, which a pointer to byte 12 stands for; an hour to live. */
function encode(type: number, data: Buffer): Buffer {
  const head = Buffer.concat([numbers(0xc00c, type, 1, 0, 3600), numbers(data.length)]);
  return Buffer.concat([head, data]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const parts = labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function ipv6Bytes(address: string): Buffer {
  if (!net.isIPv6(address)) throw new Error(`${address} is no IPv6 address`);
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const first = groups(head);
  const last = groups(tail ?? "");
  const middle = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return numbers(...[...first, ...middle, ...last].map((group) => Number.parseInt(group, 16)));
}
