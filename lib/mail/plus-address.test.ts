import { describe, expect, test } from "vitest";
import {
  accountOfPlusAddress,
  fitsPlusAddress,
  PLUS_ADDRESS_LOCAL_MAX,
  plusAddress,
  readPlusAddress,
} from "./plus-address";

const KEY = Buffer.from("one key for tests, thirty-two by");
const NEWER = Buffer.from("a newer one, as long as the old.");
const EMAIL = "support@example.com";

const made = (email = EMAIL, number = 42, key = KEY) => plusAddress(email, number, key) ?? "";

describe("plusAddress", () => {
  test("is the account's address with ticket and signature behind a plus", () => {
    expect(made()).toMatch(/^support\+t42\.[0-9a-v]{16}@example\.com$/);
    expect(readPlusAddress(made(), EMAIL, [KEY])).toBe(42);
  });

  test("is the same every time, and another for each account, ticket and key", () => {
    const addresses = [
      made(),
      made("billing@example.com"),
      made("support@example.org"),
      made(EMAIL, 43),
      made(EMAIL, 42, NEWER),
    ];
    const signatures = addresses.map((address) => /\.([0-9a-v]{16})@/.exec(address)?.[1]);
    expect(new Set(signatures).size).toBe(addresses.length);
    expect(made()).toBe(addresses[0]);
  });

  test("keeps its length where the signature begins with zeros", () => {
    for (let number = 1; number <= 300; number++)
      expect(readPlusAddress(made(EMAIL, number), EMAIL, [KEY])).toBe(number);
  });

  test("is none where its local part would be longer than 64 characters", () => {
    const most = `${"s".repeat(PLUS_ADDRESS_LOCAL_MAX)}@example.com`;
    const long = `${"s".repeat(PLUS_ADDRESS_LOCAL_MAX + 1)}@example.com`;
    expect(made(most, 2_147_483_647).split("@")[0]).toHaveLength(64);
    expect(plusAddress(long, 2_147_483_647, KEY)).toBeNull();
    expect(fitsPlusAddress(most)).toBe(true);
    expect(fitsPlusAddress(long)).toBe(false);
    expect(readPlusAddress(made(long, 7), long, [KEY])).toBe(7);
  });

  test("is none for an account whose own address nothing can be sent to", () => {
    expect(plusAddress("support", 42, KEY)).toBeNull();
    expect(plusAddress('"a b"@example.com', 42, KEY)).toBeNull();
  });
});

describe("readPlusAddress", () => {
  test.each([
    ["in capitals", made().toUpperCase(), EMAIL],
    ["of an account written in capitals", made(), "Support@Example.COM"],
    ["made for an account written in capitals", made("Support@Example.COM"), EMAIL],
    ["with a dot after the domain", `${made()}.`, EMAIL],
    [
      "of an account that has a plus itself",
      made("support+eu@example.com"),
      "support+eu@example.com",
    ],
    ["of an account named like one", made("a+t1.b@example.com"), "a+t1.b@example.com"],
  ])("knows one %s", (_which, address, account) => {
    expect(readPlusAddress(address, account, [KEY])).toBe(42);
  });

  const signature = made().slice("support+t42.".length, -"@example.com".length);
  const other = `${signature.slice(0, -1)}${signature.endsWith("0") ? "1" : "0"}`;

  test.each([
    ["a signature with one letter changed", `support+t42.${other}@example.com`],
    ["the signature of another ticket", `support+t43.${signature}@example.com`],
    ["the signature of another account", `billing+t42.${signature}@example.com`],
    ["another domain", `support+t42.${signature}@example.org`],
    ["a plus more in the account", `support+x+t42.${signature}@example.com`],
    ["a number with a zero before it", `support+t042.${signature}@example.com`],
    ["a number too long for any ticket", `support+t42424242424.${signature}@example.com`],
    ["a signature cut short", `support+t42.${signature.slice(1)}@example.com`],
    ["something behind the signature", `support+t42.${signature}.x@example.com`],
    ["no signature", "support+t42@example.com"],
    ["the account's own address", EMAIL],
    ["nothing", ""],
    ["a line break", `support+t42.${signature}@example.com\r\n\r\nx`],
    ["an endless local part", `${"s".repeat(100_000)}+t42.${signature}@example.com`],
  ])("refuses %s", (_what, address) => {
    expect(readPlusAddress(address, EMAIL, [KEY])).toBeNull();
  });

  test("knows what an older key signed, as long as it is one of the keys", () => {
    expect(readPlusAddress(made(EMAIL, 42, KEY), EMAIL, [NEWER, KEY])).toBe(42);
    expect(readPlusAddress(made(EMAIL, 42, KEY), EMAIL, [NEWER])).toBeNull();
    expect(readPlusAddress(made(EMAIL, 42, KEY), EMAIL, [])).toBeNull();
  });
});

test("accountOfPlusAddress names the account, whoever signed", () => {
  expect(accountOfPlusAddress(made("Support+EU@example.com"))).toBe("support+eu@example.com");
  expect(accountOfPlusAddress("support+t42.0000000000000000@example.com")).toBe(EMAIL);
  expect(accountOfPlusAddress(EMAIL)).toBeNull();
  expect(accountOfPlusAddress("support+news@example.com")).toBeNull();
});
