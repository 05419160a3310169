import { expect, it } from "vitest";
import { type Filling, fillIn, firstNameOf, unknownVariables } from "./canned-variables";

const filling: Filling = {
  customer: { name: "Wanda Kowalska", email: "wanda@customer.test" },
  ticket: { number: 42, subject: "Broken lamp" },
  agent: { name: "Ben Okoye" },
};
const nameless = { ...filling, customer: { name: "", email: "wanda@customer.test" } };

it("fills in who, what and by whom", () => {
  const body =
    "Hello {{customer.first_name}} ({{ customer.name }}),\n#{{ticket.number}} {{ticket.subject}}\n{{agent.name}}";
  expect(fillIn(body, filling)).toBe("Hello Wanda (Wanda Kowalska),\n#42 Broken lamp\nBen Okoye");
});

it.each([
  ["{{customer.first_name|there}}", nameless, "there"],
  ["{{customer.first_name}}", nameless, "wanda@customer.test"],
  ["{{customer.name}}", { ...filling, customer: null }, ""],
  ["{{customer.first_name|there}}", filling, "Wanda"],
  ["{{customer.age}} {{}} {customer.name}", filling, "{{customer.age}} {{}} {customer.name}"],
  [
    "{{ticket.subject}}",
    { ...filling, ticket: { number: 1, subject: "{{agent.name}} $&" } },
    "{{agent.name}} $&",
  ],
])("%s becomes what fits", (body, given, text) => {
  expect(fillIn(body, given)).toBe(text);
});

it("names what is unknown, once", () => {
  expect(unknownVariables("{{customer.age}} {{ customer.age }} {{agent.name}} {{}}")).toEqual([
    "customer.age",
    "",
  ]);
  expect(unknownVariables("{{toString}}")).toEqual(["toString"]);
});

it.each([
  ["Wanda Kowalska", "Wanda"],
  ["Kowalska, Wanda", "Wanda"],
  ["Dr. Wanda Kowalska", "Wanda"],
  ["Prof. Dr. Wanda Kowalska", "Wanda"],
  ["Wanda", "Wanda"],
  ["wanda@customer.test", ""],
  ["", ""],
])("the first name of %j is %j", (name, first) => {
  expect(firstNameOf(name)).toBe(first);
});
