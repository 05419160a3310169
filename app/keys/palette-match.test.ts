import { expect, it } from "vitest";
import { fitOf, ticketNumberIn } from "./palette-match";

it.each([
  ["Waiting on customer", "", 2],
  ["Waiting on customer", "wait", 2],
  ["Waiting on customer", "cust wai", 1],
  ["Waiting on customer", "aiting", 0],
  ["Waiting on customer", "wait for", 0],
  ["Überfällig", "uber", 2],
  ["Straße 5", "STRASSE", 0],
  ["日本語の表示", "日本", 2],
  ["Returns, waiting > 1 day", "waiting", 1],
  ["Assign to me", " assign  to ", 2],
])("%s, typed %j: %i", (words, typed, fit) => {
  expect(fitOf(words, typed)).toBe(fit);
});

it.each([
  ["1042", 1042],
  ["#1042", 1042],
  [" # 7 ", 7],
  ["0", null],
  ["#", null],
  ["10420000000", null],
  ["1042 blade", null],
  ["-1", null],
])("the number in %j is %j", (typed, number) => {
  expect(ticketNumberIn(typed)).toBe(number);
});
