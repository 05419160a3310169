import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { type GeneratedMail, type GeneratorOptions, generateMails } from "./mails";

const DESK = "support@example.test";

function take(count: number, options: Partial<GeneratorOptions> = {}): GeneratedMail[] {
  const mails = generateMails({ seed: 1, to: DESK, ...options });
  return Array.from({ length: count }, () => {
    const { value } = mails.next();
    if (!value) throw new Error("The generator ended");
    return value;
  });
}

const fingerprint = (mails: GeneratedMail[]) =>
  createHash("sha256")
    .update(Buffer.concat(mails.map(({ raw }) => raw)))
    .digest("hex");

describe("generated mails", () => {
  const mails = take(2_000);
  const parsed = Promise.all(mails.slice(0, 500).map(({ raw }) => parseMail(raw)));

  it("are the same bytes for the same seed, and others for another", () => {
    const some = fingerprint(mails.slice(0, 200));
    expect(fingerprint(take(200))).toBe(some);
    expect(fingerprint(take(200, { seed: 2 }))).not.toBe(some);
  });

  it("have 40 to 50 KB on average, and half of them less than half of that", () => {
    const sizes = mails.map(({ raw }) => raw.length).sort((a, b) => a - b);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(40 * 1024);
    expect(mean).toBeLessThan(50 * 1024);
    expect(sizes[sizes.length / 2]).toBeLessThan(mean / 2);
  });

  it("are replies to earlier mails of the set in 40 of 100, by somebody of the conversation", async () => {
    const replies = mails.filter(({ isReply }) => isReply).length;
    expect(replies / mails.length).toBeGreaterThan(0.37);
    expect(replies / mails.length).toBeLessThan(0.43);
    const people = new Map<string, string[]>();
    for (const [n, mail] of (await parsed).entries()) {
      const [parent] = mail.inReplyTo;
      const members = [mail.from, ...mail.cc].map((person) => person?.address ?? "");
      if (mails[n]?.isReply) {
        expect(mail.references).toContain(parent);
        expect(people.get(parent ?? "")).toContain(mail.from?.address);
        expect(mail.quotedText).not.toBe("");
      } else expect(parent).toBeUndefined();
      people.set(mails[n]?.messageId ?? "", members);
    }
  });

  it("parse without a warning to the attachments they have", async () => {
    for (const [n, mail] of (await parsed).entries()) {
      const found = mail.attachments.map(({ filename, mediaType, size }) => ({
        filename,
        mediaType,
        size,
      }));
      expect(found).toEqual(mails[n]?.files);
      expect(mail.warnings).toEqual([]);
      expect(mail.automatic).toBeNull();
      expect(mail.messageId).toBe(mails[n]?.messageId);
    }
    expect(Math.max(...mails.map(({ files }) => files.length))).toBeGreaterThanOrEqual(3);
  });

  it("come in many charsets, and their words follow Zipf", async () => {
    const charsets = new Set(
      mails.flatMap(({ raw }) =>
        [...raw.toString("latin1").matchAll(/charset="([\w-]+)"/g)].map(([, name]) => name),
      ),
    );
    expect([...charsets].sort()).toEqual([
      ...["gb2312", "iso-2022-jp", "iso-8859-1", "iso-8859-15", "iso-8859-2", "koi8-r", "utf-8"],
      ...["windows-1251", "windows-1252"],
    ]);
    const counts = new Map<string, number>();
    for (const { text } of await parsed)
      for (const [word] of text.matchAll(/[a-z]+/gi)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const ranked = [...counts.values()].sort((a, b) => b - a);
    const most = ranked[0] ?? 0;
    expect(ranked[9] ?? 0).toBeLessThan(most / 2);
    expect(ranked.filter((count) => count === 1).length).toBeGreaterThan(ranked.length / 4);
  });

  it("are small, or as large as asked for, where that is wanted", () => {
    const small = take(200, { isSmall: true });
    expect(Math.max(...small.map(({ raw }) => raw.length))).toBeLessThan(40_000);
    const [, large] = take(2, { sizeAt: (number) => (number === 1 ? 3_000_000 : null) });
    expect(large?.files).toMatchObject([{ size: 3_000_000 }]);
  });
});
