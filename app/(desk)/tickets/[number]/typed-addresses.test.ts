import { expect, it } from "vitest";
import { typedAddresses } from "./typed-addresses";

it.each([
  ["Ann <Ann@customer.test>, b@c.example", ["ann@customer.test", "b@c.example"]],
  ['"Lee, Ann" <ann@customer.test>; b@', ["ann@customer.test"]],
  ["Ann <ann@customer.test", ["ann@customer.test"]],
  ["", []],
])("finds the addresses in %j", (text, addresses) => {
  expect(typedAddresses(text)).toEqual(addresses);
});
