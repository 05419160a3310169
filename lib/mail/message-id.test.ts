import { describe, expect, test } from "vitest";
import { messageIdKey, mintMessageId, parseMessageId, parseMessageIds } from "./message-id";

describe("mintMessageId", () => {
  test("a minted id carries 128 random bits and the account's domain", () => {
    expect(mintMessageId("Example.COM")).toMatch(/^[0-9a-f]{32}\.mailroom@example\.com$/);
    expect(mintMessageId("example.com")).not.toBe(mintMessageId("example.com"));
  });

  test("a domain that is none does not get into the id", () => {
    expect(mintMessageId("evil>\r\nBcc: x@y")).toMatch(
      /^[0-9a-f]{32}\.mailroom@mailroom\.invalid$/,
    );
  });
});

describe("messageIdKey", () => {
  test("brackets, case and white space do not tell ids apart", () => {
    expect(messageIdKey(" <ABC.1@Example.com> ")).toBe("abc.1@example.com");
    expect(messageIdKey("abc.1@ex ample.com")).toBe("abc.1@example.com");
  });

  test("a long id becomes a hash of fixed length, different ids stay different", () => {
    const long = `${"a".repeat(900)}@example.com`;
    expect(messageIdKey(long)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(messageIdKey(long)).toBe(messageIdKey(`<${long.toUpperCase()}>`));
    expect(messageIdKey(long)).not.toBe(messageIdKey(`b${long}`));
  });
});

describe("parseMessageIds", () => {
  const cases: [string, string, string[]][] = [
    ["nothing in an empty header", "", []],
    ["ids in order", "<a@x> <b@y>\t<c@z>", ["a@x", "b@y", "c@z"]],
    ["ids without space between them", "<a@x><b@y>", ["a@x", "b@y"]],
    ["ids with commas between them", "<a@x>,<b@y>", ["a@x", "b@y"]],
    ["an id without brackets", "a@x", ["a@x"]],
    ["an id that misses its closing bracket", "<a@x <b@y>", ["a@x", "b@y"]],
    ["an id folded in the middle", "<abc\r\n def@example.com>", ["abcdef@example.com"]],
    [
      "only the id where old clients wrote a sentence",
      'Your message of "Mon, 2 Nov" <a@x> from jo@example.com',
      ["a@x"],
    ],
    ["no id in plain words", "Message of Monday", []],
    ["ids in their original case", "<AbC@Example.COM>", ["AbC@Example.COM"]],
    ["no controls or NULs", "<a\u0000b@x>", ["ab@x"]],
    ["nothing of empty brackets", "<> <a@x>", ["a@x"]],
  ];
  test.each(cases)("finds %s", (_, header, ids) => {
    expect(parseMessageIds(header)).toEqual(ids);
  });

  test("an id is cut at 998 characters", () => {
    expect(parseMessageIds(`<${"x".repeat(10_000)}@y>`)[0]).toHaveLength(998);
  });

  test("fifty thousand opening brackets cost no more than reading them", () => {
    expect(parseMessageIds("<".repeat(50_000))).toEqual([]);
    expect(parseMessageIds("<a".repeat(50_000))).toHaveLength(50_000);
  });
});

test("a Message-ID header may hold an id without an at sign", () => {
  expect(parseMessageId("20261122-17")).toBe("20261122-17");
  expect(parseMessageId(" <> ")).toBeNull();
  expect(parseMessageId("<first@x> <second@x>")).toBe("first@x");
});
