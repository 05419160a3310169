import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readAddressHeader } from "./address-list";
import { lookAlikeWarnings } from "./look-alike";
import { parseMail } from "./parse";

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url)));

describe("who wrote", () => {
  const senders: [string, string][] = [
    ["from-missing-open-bracket", ""],
    ["from-in-double-brackets", "Jo Doe"],
    ["from-name-in-brackets", "Jo Doe"],
    ["from-in-square-brackets", "Jo Doe"],
    ["from-name-with-colon", "Support: Jo"],
    ["from-name-with-comma", "Doe, Jo"],
    ["from-name-with-pipe", "Jo Doe | Sales, Ltd."],
    ["from-without-brackets", "Jo Doe"],
    ["from-group", "Jo Doe"],
    ["from-trailing-dots", "Jo Doe"],
  ];
  test.each(senders)("%s", async (file, name) => {
    const { from, fromIsAmbiguous, warnings } = await fixture(file);
    expect({ from, fromIsAmbiguous, warnings }).toEqual({
      from: { name, address: "jo@customer.example" },
      fromIsAmbiguous: false,
      warnings: [],
    });
  });

  test("of a list with brackets in odd places nobody is lost", () => {
    const { addresses, unusable } = readAddressHeader(
      "Jo <<jo@c.example>>, <Bo> bo@c.example, [cy@c.example], root, Di <di@c.example",
    );
    expect(addresses.map(({ address }) => address)).toEqual([
      "jo@c.example",
      "bo@c.example",
      "cy@c.example",
      "di@c.example",
    ]);
    expect(unusable).toEqual([]);
  });

  test("a megabyte of open brackets is read in one pass", () => {
    expect(readAddressHeader("<".repeat(1_000_000)).addresses).toEqual([]);
  });
});

describe("addresses that may look like others", () => {
  const warnings: [string, string, string[]][] = [
    ["from-international-domain", "jo@xn--mller-kva.example", ["is written müller.example"]],
    ["from-punycode-look-alike", "jo@xn--80ak6aa92e.com", ["looks like apple.com"]],
    ["from-mixed-alphabets", "jo@xn--aypal-uye.example", ["mixes Latin and Cyrillic letters"]],
    ["from-name-mixed-alphabets", "jo@customer.example", ["name mixes Latin and Cyrillic"]],
  ];
  test.each(warnings)("%s stays %s, and it is said", async (file, address, expected) => {
    const mail = await fixture(file);
    expect(mail.from?.address).toBe(address);
    expect(mail.warnings).toEqual(expected.map((part) => expect.stringContaining(part)));
  });

  test("a reply address is looked at as well", async () => {
    expect((await fixture("reply-to-look-alike")).warnings).toContainEqual(
      expect.stringMatching(/^The reply address's domain .* looks like apple\.com$/),
    );
  });

  const usual: [string, string][] = [
    ["Jo Doe", "jo@customer.example"],
    ["Иван Иванов", "ivan@customer.example"],
    ["Иван (Acme GmbH)", "ivan@customer.example"],
    ["王先生 Wang", "wang@customer.example"],
    ["田中Tanaka", "tanaka@customer.example"],
    ["Γιώργος", "jo@customer.example"],
  ];
  test.each(usual)("%s <%s> is nothing to warn about", (name, address) => {
    expect(lookAlikeWarnings("The sender's", { name, address })).toEqual([]);
  });
});
