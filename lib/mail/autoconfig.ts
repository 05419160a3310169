import { Parser } from "htmlparser2";
import { hostName } from "./host-name";

/** A server as an autoconfig file names it, for one address. */
export type ConfiguredServer = {
  host: string;
  port: number;
  security: "tls" | "starttls";
  /** Who signs in: the file's username for this address; "" when it names none. */
  username: string;
};

export type Autoconfig = {
  imap: ConfiguredServer | null;
  smtp: ConfiguredServer | null;
  /** Why a side is missing although the file speaks of it, a sentence each. */
  remarks: string[];
};

/** What is wrong with a file, as the end of a sentence: "… is no autoconfig file". */
export class AutoconfigError extends Error {}

/** How many servers of one file are looked at; real files name up to eight. */
const SERVERS_MAX = 40;
const TEXT_MAX = 500;
/** The deepest tag of the format is the fourth. */
const DEPTH_MAX = 16;

type Entry = { direction: "in" | "out"; type: string; fields: Map<string, string[]> };

/**
 * Reads Thunderbird's autoconfig format, version 1.1: of each direction the first server that
 * speaks IMAP or SMTP, encrypts, and takes a password. `text` is the whole file, already bounded.
 * @throws AutoconfigError for anything that is no such file, is not whole, or has a DOCTYPE or
 * entities of its own: no honest file has them, and they are how XML readers are attacked.
 */
export function parseAutoconfig(text: string, address: string): Autoconfig {
  if (/<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text))
    throw new AutoconfigError("has a DOCTYPE or entities, which no autoconfig file needs");
  const entries = readEntries(text);
  const remarks: string[] = [];
  const pick = (direction: Entry["direction"], type: "imap" | "smtp") =>
    pickServer(
      entries.filter((entry) => entry.direction === direction && entry.type === type),
      { type, address, remarks },
    );
  return { imap: pick("in", "imap"), smtp: pick("out", "smtp"), remarks };
}

/** The servers of the file in its own order, which is the provider's order of preference. */
function readEntries(text: string): Entry[] {
  const entries: Entry[] = [];
  const path: string[] = [];
  let current: Entry | null = null;
  let words = "";
  let isWhole = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (path.length === 0 && name !== "clientConfig")
          throw new AutoconfigError("is no autoconfig file");
        if (path.length === DEPTH_MAX) throw new AutoconfigError("has tags in tags without end");
        path.push(name);
        words = "";
        const direction = DIRECTIONS.get(path.join("/"));
        if (!direction) return;
        if (entries.length >= SERVERS_MAX) throw new AutoconfigError("names too many servers");
        current = { direction, type: (attributes.type ?? "").toLowerCase(), fields: new Map() };
        entries.push(current);
      },
      ontext(part) {
        if (words.length < TEXT_MAX) words += part;
      },
      onclosetag(name, isImplied) {
        if (isImplied) throw new AutoconfigError("is not whole");
        if (current && path.length === 4) {
          const known = current.fields.get(name) ?? [];
          current.fields.set(name, [...known, words.trim().slice(0, TEXT_MAX)]);
        }
        if (path.length === 3) current = null;
        path.pop();
        words = "";
        if (path.length === 0) isWhole = true;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  if (!isWhole) throw new AutoconfigError("is no autoconfig file");
  return entries;
}

const DIRECTIONS: ReadonlyMap<string, Entry["direction"]> = new Map([
  ["clientConfig/emailProvider/incomingServer", "in"],
  ["clientConfig/emailProvider/outgoingServer", "out"],
]);

type Wish = { type: "imap" | "smtp"; address: string; remarks: string[] };

function pickServer(entries: Entry[], { type, address, remarks }: Wish): ConfiguredServer | null {
  const reasons = new Set<string>();
  for (const entry of entries) {
    const read = readServer(entry, address);
    if (typeof read !== "string") return read;
    reasons.add(read);
  }
  for (const reason of reasons) remarks.push(`Its ${type.toUpperCase()} server ${reason}.`);
  return null;
}

/** The server, or why it can't be used. */
function readServer(entry: Entry, address: string): ConfiguredServer | string {
  const first = (name: string) => entry.fields.get(name)?.[0] ?? "";
  const host = hostName(filledIn(first("hostname"), address));
  if (host === null) return "has no usable name";
  const port = Number(first("port"));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return "has no usable port";
  const security = SECURITIES.get(first("socketType").toUpperCase());
  if (!security) return "is not encrypted";
  const methods = entry.fields.get("authentication") ?? [];
  if (methods.length > 0 && !methods.some((method) => PASSWORDS.has(method)))
    return `takes no password, only ${methods.join(", ").slice(0, 60)}`;
  return { host, port, security, username: filledIn(first("username"), address) };
}

const SECURITIES: ReadonlyMap<string, ConfiguredServer["security"]> = new Map([
  ["SSL", "tls"],
  ["TLS", "tls"],
  ["STARTTLS", "starttls"],
]);

/** "plain" and "secure" are what these were called before. */
const PASSWORDS = new Set(["password-cleartext", "password-encrypted", "plain", "secure"]);

function filledIn(text: string, address: string): string {
  const at = address.lastIndexOf("@");
  return text
    .replaceAll("%EMAILADDRESS%", address)
    .replaceAll("%EMAILLOCALPART%", address.slice(0, at))
    .replaceAll("%EMAILDOMAIN%", address.slice(at + 1))
    .trim();
}
