import { existsSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { MailUnreadable } from "../mail/parse";
import { createParsePool, ParserKilled } from "./parse-pool";

const bytes = (text: string) => new TextEncoder().encode(text);
const small = bytes("From: Jo <jo@example.com>\r\nSubject: Hello\r\n\r\nHow are you?\r\n");
const withAttachment = bytes(
  'From: jo@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nabc\r\n--b--\r\n',
);

const pool = createParsePool();
afterAll(() => pool.close());

test("a mail parsed apart comes back whole, dates and attachments included", async () => {
  const raw = Buffer.concat([bytes("Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n"), withAttachment]);
  const mail = await pool.parse(raw);
  expect(mail.date).toEqual(new Date("2026-11-22T10:00:00Z"));
  // What stands in the raw mail as it is does not travel twice.
  const { size, range, bytes: own } = mail.attachments[0] ?? {};
  const encoded = raw.subarray(range?.offset, (range?.offset ?? 0) + (range?.length ?? 0));
  expect([size, own, encoded.toString()]).toEqual([3, null, "abc"]);
  expect(raw.length).toBeGreaterThan(0);
});

test("of its headers those come along that its routing looks at", async () => {
  const raw = bytes(
    "Received: by a\r\nDelivered-To: desk@example.com\r\nX-Mailroom-Notice: 1@b\r\nSubject: x\r\n\r\nhi\r\n",
  );
  const { headers } = await pool.parse(raw);
  expect(headers).toEqual([
    { name: "Delivered-To", value: "desk@example.com" },
    { name: "X-Mailroom-Notice", value: "1@b" },
  ]);
});

test("mails and answers of any size come whole, and in their order", async () => {
  const sizes = [10, 900_000, 3_000_000, 0, 200_000, 1_100_000, 5];
  const mailOf = (size: number) =>
    bytes(
      `From: jo@example.com\r\nSubject: ${size}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${"a".repeat(size)}\r\n--b--\r\n`,
    );
  const mails = await Promise.all(sizes.map((size) => pool.parse(mailOf(size))));
  expect(mails.map(({ subject }) => subject)).toEqual(sizes.map(String));
  // Quoted-printable is no range of the mail: its bytes travel back.
  const lengths = mails.map(({ attachments }) => attachments[0]?.bytes?.length);
  expect(lengths).toEqual(sizes);
});

test.skipIf(!existsSync("/proc/self"))(
  "a parser that was started for mails to come is the one that reads them",
  async () => {
    const others = children();
    const started = () => children().filter((pid) => !others.includes(pid));
    const early = createParsePool();
    early.start();
    early.start();
    const [parser, ...more] = started();
    expect([typeof parser, more]).toEqual(["string", []]);
    expect((await early.parse(small)).subject).toBe("Hello");
    expect(started()).toEqual([parser]);
    await early.close();
    await expect.poll(started).toEqual([]);
  },
);

/** The processes that this one started, by their ids. */
function children(): string[] {
  const file = `/proc/${process.pid}/task/${process.pid}/children`;
  return readFileSync(file, "utf8").split(" ").filter(Boolean);
}

test("nothing to parse is told as such", async () => {
  await expect(pool.parse(bytes("\r\n\r\n"))).rejects.toBeInstanceOf(MailUnreadable);
});

test("a mail that takes more memory than allowed kills its parser, and the next one is read", async () => {
  const tight = createParsePool({ memoryMbMax: 48 });
  try {
    const huge = Buffer.concat([small, Buffer.alloc(80 * 1024 * 1024, "ü")]);
    const [killed, read] = await Promise.allSettled([tight.parse(huge), tight.parse(small)]);
    expect(killed).toMatchObject({ status: "rejected", reason: { reason: "memory" } });
    expect(killed.status === "rejected" && killed.reason).toBeInstanceOf(ParserKilled);
    expect(read).toMatchObject({ status: "fulfilled", value: { subject: "Hello" } });
  } finally {
    await tight.close();
  }
});

test("a parser that dies before a mail is missed by nobody", async () => {
  const pool = createParsePool();
  try {
    await pool.parse(small);
    await expect(pool.parse(small)).resolves.toMatchObject({ subject: "Hello" });
  } finally {
    await pool.close();
  }
  await expect(pool.parse(small)).resolves.toMatchObject({ subject: "Hello" });
  await pool.close();
});

test("a mail that is not read in time kills its parser", async () => {
  const hasty = createParsePool({ deadlineMs: 1 });
  try {
    await expect(hasty.parse(small)).rejects.toMatchObject({
      name: "ParserKilled",
      reason: "deadline",
    });
  } finally {
    await hasty.close();
  }
});

test("of many mails that wait together, only the one that is too much is told so", async () => {
  const tight = createParsePool({ memoryMbMax: 48 });
  const huge = Buffer.concat([small, Buffer.alloc(80 * 1024 * 1024, "ü")]);
  const numbered = Array.from({ length: 60 }, (_, n) =>
    bytes(`From: jo@example.com\r\nSubject: number ${n}\r\n\r\nHello\r\n`),
  );
  try {
    const all = [...numbered.slice(0, 40), huge, ...numbered.slice(40)];
    const ends = await Promise.allSettled(all.map((raw) => tight.parse(raw)));
    const subjects = ends.map((end) => (end.status === "fulfilled" ? end.value.subject : "killed"));
    const expected = numbered.map((_, n) => `number ${n}`);
    expect(subjects).toEqual([...expected.slice(0, 40), "killed", ...expected.slice(40)]);
  } finally {
    await tight.close();
  }
});

test("closing waits for what was asked for", async () => {
  const pool = createParsePool();
  const asked = Array.from({ length: 60 }, () => pool.parse(small));
  await pool.close();
  expect(await Promise.all(asked)).toHaveLength(60);
});
