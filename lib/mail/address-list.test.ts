import { describe, expect, test } from "vitest";
import { parseAddressList, readAddressHeader } from "./address-list";

describe("parseAddressList", () => {
  const cases: [string, string, [string, string][]][] = [
    ["a bare address", "jo@example.com", [["", "jo@example.com"]]],
    ["a name and an address", "Jo Doe <jo@example.com>", [["Jo Doe", "jo@example.com"]]],
    ["a quoted name with a comma", '"Doe, Jo" <jo@example.com>', [["Doe, Jo", "jo@example.com"]]],
    ["a name with an unquoted comma", "Doe, Jo <jo@example.com>", [["Doe, Jo", "jo@example.com"]]],
    ["a name with a pipe", "Jo | Acme <jo@example.com>", [["Jo | Acme", "jo@example.com"]]],
    ["a name in a comment", "jo@example.com (Jo Doe)", [["Jo Doe", "jo@example.com"]]],
    [
      "several addresses",
      "Jo <jo@example.com>, ann@example.org; Bo <bo@example.net>",
      [
        ["Jo", "jo@example.com"],
        ["", "ann@example.org"],
        ["Bo", "bo@example.net"],
      ],
    ],
    [
      "a group",
      "Team: Jo <jo@example.com>, ann@example.org;",
      [
        ["Jo", "jo@example.com"],
        ["", "ann@example.org"],
      ],
    ],
    ["an empty group", "undisclosed-recipients:;", []],
    ["an encoded name", "=?utf-8?Q?J=C3=B6rg?= <j@example.com>", [["Jörg", "j@example.com"]]],
    [
      "an encoded name that hides a bracket and a comma",
      "=?utf-8?Q?boss=40good.example=3E=2C?= <x@evil.example>",
      [["boss@good.example>,", "x@evil.example"]],
    ],
    ["a missing closing bracket", "Jo <jo@example.com", [["Jo", "jo@example.com"]]],
    ["nested comments", "(a (b) c) jo@example.com", [["a (b) c", "jo@example.com"]]],
    ["no address where there is no domain", "root", []],
    ["no address out of words", "Jo Doe, Acme", []],
  ];
  test.each(cases)("reads %s", (_, header, expected) => {
    expect(parseAddressList(header).map(({ name, address }) => [name, address])).toEqual(expected);
  });

  test("at most fifty addresses are kept, and the header says it was cut", () => {
    const header = Array.from({ length: 10_000 }, (_, i) => `u${i}@example.com`).join(", ");
    const read = readAddressHeader(header);
    expect(read.addresses).toHaveLength(50);
    expect(read.cut).toBe(true);
  });

  test("an address found only inside an encoded word is marked", () => {
    const word = Buffer.from("Jo <jo@example.com>").toString("base64");
    const read = readAddressHeader(`=?utf-8?B?${word}?=`);
    expect(read.addresses).toEqual([{ name: "Jo", address: "jo@example.com" }]);
    expect(read.fabricated).toBe(true);
  });

  test("what is no address is named", () => {
    expect(readAddressHeader("root, jo@example.com").unusable).toEqual(["root"]);
  });

  test.each(["(", "((", '"', '"\\"', "<", "<@", "g: ", ",", "a@b ", "a,", "(x)", " ", "@:"])(
    "64 KB of %j are read without stalling",
    (piece) => {
      const header = piece.repeat(Math.floor(65_536 / piece.length));
      expect(readAddressHeader(header).addresses.length).toBeLessThanOrEqual(50);
    },
  );
});
