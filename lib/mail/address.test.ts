import { describe, expect, test } from "vitest";
import {
  addressKey,
  cleanDisplayName,
  displaysAsAnotherAddress,
  domainOf,
  isSendableAddress,
  toMailAddress,
} from "./address";

describe("isSendableAddress", () => {
  test.each([
    "jo@example.com",
    "jo.o'neill+tickets@sub.example.co.uk",
    `${"a".repeat(64)}@example.com`,
    "jo@xn--mller-kva.example",
  ])("%s can be written to", (address) => {
    expect(isSendableAddress(address)).toBe(true);
  });

  test.each([
    "",
    "jo",
    "jo@",
    "@example.com",
    "jo@localhost",
    "a@b@example.com",
    '"jo x"@example.com',
    "jo(comment)@example.com",
    "jo@example.com, eve@evil.example",
    "jo@example.com\r\nBcc: eve@evil.example",
    "jo@[127.0.0.1]",
    "jo@127.0.0.1",
    "jo@-example.com",
    "jo@example..com",
    ".jo@example.com",
    "jo.@example.com",
    "jo o@example.com",
    "jö@example.com",
    "a＠evil.example@good.example",
    "jo@exämple.com",
    `${"a".repeat(65)}@example.com`,
    `jo@${"a.".repeat(130)}com`,
    "<jo@example.com>",
  ])("%j cannot be written to", (address) => {
    expect(isSendableAddress(address)).toBe(false);
  });
});

describe("addressKey", () => {
  test("case, a dot at the end and the form of an IDN domain do not tell addresses apart", () => {
    expect(addressKey(" Jo@Example.COM. ")).toBe("jo@example.com");
    expect(addressKey("jo@müller.example")).toBe(addressKey("jo@xn--mller-kva.example"));
  });

  test("look-alike characters do tell them apart", () => {
    expect(addressKey("jo@ｅxample.com")).not.toBe("jo@example.com");
    expect(addressKey("jо@example.com")).not.toBe("jo@example.com");
  });
});

test("domainOf gives the part after the last at sign", () => {
  expect(domainOf("a@b@Example.com")).toBe("example.com");
  expect(domainOf("root")).toBe("");
});

describe("cleanDisplayName", () => {
  test("a name is one line without quotes, reversed or invisible characters", () => {
    expect(cleanDisplayName(' "Jo\r\n Doe" ')).toBe("Jo Doe");
    expect(cleanDisplayName("Jo\u202eeoD\u200b")).toBe("JoeoD");
    expect(cleanDisplayName(`Z${"\u0301".repeat(10_000)}`).length).toBeLessThan(10);
    expect(cleanDisplayName("x".repeat(5_000))).toHaveLength(200);
  });
});

test("a name that shows somebody else's address is recognised", () => {
  expect(displaysAsAnotherAddress("boss@good.example", "x@evil.example")).toBe(true);
  expect(displaysAsAnotherAddress("Boss <boss＠good.example>", "x@evil.example")).toBe(true);
  expect(displaysAsAnotherAddress("X@evil.example", "x@evil.example")).toBe(false);
  expect(displaysAsAnotherAddress("Jo @ Example", "jo@example.com")).toBe(false);
});

describe("toMailAddress", () => {
  const cases: [string, string | null][] = [
    ["Jo@Example.COM", "Jo@example.com"],
    ["mailto:jo@example.com", "jo@example.com"],
    ["'jo@example.com'", "jo@example.com"],
    ["jo @ example.com", "jo@example.com"],
    ["jo@example.com.", "jo@example.com"],
    ['"jo.doe"@example.com', "jo.doe@example.com"],
    ["@relay.example:jo@example.com", "jo@example.com"],
    ["jo@müller.example", "jo@xn--mller-kva.example"],
    ["jörg@example.com", "jörg@example.com"],
    ["root", null],
    ["", null],
    ["@", null],
    ["jo@", null],
    ['"a@evil.example x"@good.example', null],
    ["a@good.example\u0000@evil.example", null],
    ["a＠evil.example@good.example", null],
    ["a@ｇood.example", null],
    ["a b@example.com", null],
    ["=?utf-8?Q?a?=@example.com", null],
  ];
  test.each(cases)("%j is read as %j", (raw, address) => {
    expect(toMailAddress("", raw)?.address ?? null).toBe(address);
  });

  test("a name that only repeats the address is no name", () => {
    expect(toMailAddress("Jo@example.com", "jo@example.com")?.name).toBe("");
  });
});
