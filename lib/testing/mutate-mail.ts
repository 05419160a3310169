const SIZE_MAX = 2 * 1024 * 1024;
const REPEATED_BYTES_MAX = 1024 * 1024;
const CHANGES_MAX = 4;

export type Mutant = { raw: Buffer; changes: string[] };

type Dice = {
  /** A whole number from 0 up to, not including, `below`. */
  roll(below: number): number;
  pick<T>(from: readonly T[]): T;
};

/** Changes a mail; `other` is another one to take from. */
type Change = (raw: Buffer, dice: Dice, other: Buffer) => Buffer;

/**
 * A mail made of one or two of `seeds` by up to four changes such as lines, disks, gateways and
 * attackers make. The same `random` gives the same mails. At most 2 MB.
 */
export function mutateMail(seeds: readonly Buffer[], random: () => number): Mutant {
  const dice: Dice = {
    roll: (below) => Math.floor(random() * below),
    pick(from) {
      const picked = from[Math.floor(random() * from.length)];
      if (picked === undefined) throw new Error("Nothing to pick from.");
      return picked;
    },
  };
  let raw = withOwnId(dice.pick(seeds), dice);
  const changes: string[] = [];
  for (let left = 1 + dice.roll(CHANGES_MAX); left > 0; left--) {
    const name = dice.pick(NAMES);
    raw = CHANGES[name](raw, dice, dice.pick(seeds)).subarray(0, SIZE_MAX);
    changes.push(name);
  }
  return { raw, changes };
}

/** Most get an id of their own, or all mutants of one mail would be one conversation. */
function withOwnId(raw: Buffer, dice: Dice): Buffer {
  if (dice.roll(5) === 0) return raw;
  const id = `${dice.roll(2 ** 31).toString(36)}.${dice.roll(2 ** 31).toString(36)}@mutant.test`;
  return edit(raw, (text) => text.replace(/^(message-id:\s*<)[^>\r\n]*/im, `$1${id}`));
}

const CHARSETS = [
  ...["utf-8", "utf-7", "utf-16le", "utf-16", "utf-32", "us-ascii", "iso-8859-1", "iso-2022-jp"],
  ...["windows-1252", "gb18030", "big5", "shift_jis", "euc-kr", "koi8-r", "x-klingon", ""],
];
const ENCODINGS = ["base64", "quoted-printable", "7bit", "8bit", "binary", "x-uuencode", "", "="];
const TYPES = [
  ...["text/plain", "text/html", "text/calendar", "message/rfc822", "message/delivery-status"],
  ...["multipart/mixed", "multipart/alternative", "multipart/report", "multipart/digest"],
  ...["message/partial", "message/external-body", "application/ms-tnef", "image/svg+xml", "x", "/"],
];
const HOSTILE = [
  ...["\0", "\x1b[2J", "\r", "\n", "\r\n\r\n", "\xff", "\x80", "=", "=?utf-8?B?", "?=", "<", ">"],
  ...[
    '"',
    "(",
    ")",
    ",",
    ";",
    ":",
    "@",
    "\\",
    "--",
    "<!--",
    "</",
    "&#x0;",
    "=\r\n",
    "=00",
    "\ufeff",
  ],
  ...["=?utf-8?Q?=00=0D=0A=E2=80=AE?=", "<script>", "boundary=", "filename*0*=utf-8''%00", "\t"],
];
const HEADERS = [
  ...["From: evil@elsewhere.test", "From:", "To: undisclosed-recipients:;", "Subject:", "Date: x"],
  ...["Message-ID: <>", "References: <a@b> <", "In-Reply-To: <", "Return-Path: <>", "Received: x"],
  ...["Content-Type: multipart/mixed", "Content-Transfer-Encoding: base64", "__proto__: x"],
  ...["Auto-Submitted: auto-replied", "Reply-To: a@b@c", "Cc: =?utf-8?Q?a=00b?= <a@b.test>"],
];

const CHANGES = {
  "bytes flipped": (raw, dice) => {
    const changed = Buffer.from(raw);
    for (let n = 1 + dice.roll(64); n > 0 && changed.length > 0; n--) {
      const at = dice.roll(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << dice.roll(8));
    }
    return changed;
  },
  "a piece deleted": (raw, dice) => {
    const [from, to] = range(raw, dice);
    return Buffer.concat([raw.subarray(0, from), raw.subarray(to)]);
  },
  "a piece doubled": (raw, dice) => {
    const [from, to] = range(raw, dice);
    return Buffer.concat([raw.subarray(0, to), raw.subarray(from)]);
  },
  "two mails spliced": (raw, dice, other) =>
    Buffer.concat([
      raw.subarray(0, dice.roll(raw.length + 1)),
      other.subarray(dice.roll(other.length + 1)),
    ]),
  "cut off": (raw, dice) => raw.subarray(0, dice.roll(raw.length + 1)),
  "hostile bytes put in": (raw, dice) => {
    let changed = raw;
    for (let n = 1 + dice.roll(8); n > 0; n--)
      changed = insert(changed, dice.roll(changed.length + 1), dice.pick(HOSTILE));
    return changed;
  },
  "boundaries damaged": (raw, dice) => {
    const way = dice.roll(5);
    return edit(raw, (text) => {
      if (way === 0) return text.replace(/boundary="?[^"\r\n;]+/gi, "boundary=x");
      if (way === 1) return text.replace(/^--.*--\r?$/gm, "");
      if (way === 2) return text.replace(/^--/m, "-");
      if (way === 3) return text.replace(/^(--[^\r\n]+)/gm, "$1--");
      return text.replace(/boundary=/gi, "boundry=");
    });
  },
  "a header doubled": (raw, dice, other) => {
    const from = headerLines(dice.roll(2) === 0 ? raw : other);
    const line = from.length > 0 ? dice.pick(from) : "X: y";
    return insert(raw, lineStart(raw, dice.roll(headLength(raw) + 1)), `${line}\r\n`);
  },
  "a header put in": (raw, dice) =>
    insert(raw, lineStart(raw, dice.roll(headLength(raw) + 1)), `${dice.pick(HEADERS)}\r\n`),
  "another charset": (raw, dice) => {
    const charset = dice.pick(CHARSETS);
    return edit(raw, (text) =>
      text
        .replace(/charset="?[\w-]+"?/gi, `charset=${charset}`)
        .replace(/=\?[\w-]+\?([bq])\?/gi, `=?${charset}?$1?`),
    );
  },
  "another encoding": (raw, dice) => {
    const encoding = dice.pick(ENCODINGS);
    return edit(raw, (text) =>
      text.replace(/^(content-transfer-encoding:).*$/gim, `$1 ${encoding}`),
    );
  },
  "another type": (raw, dice) => {
    const type = dice.pick(TYPES);
    return edit(raw, (text) => text.replace(/^(content-type:\s*)[^;\r\n]+/im, `$1${type}`));
  },
  "other line ends": (raw, dice) => {
    const end = dice.pick(["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n"]);
    return edit(raw, (text) => text.replace(/\r?\n/g, end));
  },
  "a piece repeated a thousand times": (raw, dice) => {
    const [from, to] = range(raw, dice);
    const piece = raw.subarray(from, Math.min(to, from + 1 + dice.roll(200)));
    if (piece.length === 0) return raw;
    const times = Math.floor((1 + dice.roll(REPEATED_BYTES_MAX)) / piece.length);
    const repeated = Buffer.alloc(times * piece.length, piece);
    return Buffer.concat([raw.subarray(0, from), repeated, raw.subarray(from)]);
  },
  "a mail within itself": (raw, dice) => {
    const depth = 1 + dice.roll(5);
    let nested = raw;
    for (let n = 0; n < depth; n++) {
      const type = dice.pick(["message/rfc822", "multipart/digest; boundary=x", "text/html"]);
      const head = Buffer.from(`From: a@b.test\r\nContent-Type: ${type}\r\n\r\n--x\r\n\r\n`);
      nested = Buffer.concat([head, nested]);
    }
    return nested;
  },
  "bytes of chance": (raw, dice) => {
    const [from] = range(raw, dice);
    const noise = Buffer.from(Array.from({ length: 1 + dice.roll(4096) }, () => dice.roll(256)));
    return Buffer.concat([raw.subarray(0, from), noise, raw.subarray(from)]);
  },
} satisfies Record<string, Change>;

const NAMES = Object.keys(CHANGES) as (keyof typeof CHANGES)[];

function edit(raw: Buffer, change: (text: string) => string): Buffer {
  return Buffer.from(change(raw.toString("latin1")), "latin1");
}

function insert(raw: Buffer, at: number, text: string): Buffer {
  return Buffer.concat([raw.subarray(0, at), Buffer.from(text, "latin1"), raw.subarray(at)]);
}

function range(raw: Buffer, dice: Dice): [number, number] {
  const from = dice.roll(raw.length + 1);
  return [from, Math.min(raw.length, from + dice.roll(Math.max(1, raw.length >> dice.roll(6))))];
}

function headLength(raw: Buffer): number {
  const empty = raw.indexOf("\r\n\r\n");
  return empty === -1 ? Math.min(raw.length, 2_000) : empty;
}

function headerLines(raw: Buffer): string[] {
  const lines = raw.toString("latin1", 0, headLength(raw)).split(/\r?\n/);
  return lines.filter((line) => /^[\w-]+:/.test(line));
}

function lineStart(raw: Buffer, at: number): number {
  return at === 0 ? 0 : raw.lastIndexOf("\n", at - 1) + 1;
}
