import { expect, it } from "vitest";
import { mailboxesIn, mailboxText, readMailbox } from "./mailbox";

it.each([
  ["a@b.example", ["a@b.example"]],
  ["Nora Brandt <Nora@a.example>, b@c.example", ["Nora Brandt <Nora@a.example>", "b@c.example"]],
  ["a@b.example; c@d.example\r\ne@f.example", ["a@b.example", "c@d.example", "e@f.example"]],
  ['"Doe, Jo" <jo@a.example>', ['"Doe, Jo" <jo@a.example>']],
  ["Doe, Jo <jo@a.example>", ['"Doe, Jo" <jo@a.example>']],
  ["nonsense, b@c.example", ["b@c.example", "nonsense"]],
  ["a@b.example, c@", ["a@b.example", "c@"]],
  ["a@bücher.example", ["a@xn--bcher-kva.example"]],
  [" , ;\n", []],
])("reads %j as typed", (typed, mailboxes) => {
  expect(mailboxesIn(typed)).toEqual(mailboxes);
});

it.each([
  ["Bob@Customer.test ", { name: "", address: "bob@customer.test" }],
  ["Bob <bob@customer.test>", { name: "Bob", address: "bob@customer.test" }],
  ['"Doe, \\"Jo\\"" <jo@a.example>', { name: 'Doe, "Jo"', address: "jo@a.example" }],
  ["bob@customer.test <bob@customer.test>", { name: "", address: "bob@customer.test" }],
  ["a@b.example, c@d.example", null],
  ["a@b.example\r\nBcc: c@d.example", null],
  ["Bob <bob@customer.test> <evil@d.example>", null],
  ["Bob", null],
  ["", null],
])("takes %j for one mailbox or none", (typed, mailbox) => {
  expect(readMailbox(typed)).toEqual(mailbox);
});

it.each([
  "Nora Brandt <n@a.example>",
  '"Doe, Jo" <jo@a.example>',
  '"a \\"b\\" \\\\c" <x@y.example>',
])("writes %s as it was read", (text) => {
  const read = readMailbox(text);
  expect(read && mailboxText(read)).toBe(text);
});
