import { expect, test } from "vitest";
import { saysTheSame } from "./same-words";

const letter = "Hello,\n\nthe lamp in room 4 flickers at night. Could you come?\n\nAnn";

test.each([
  ["a list's footer", `${letter}\n_____\nOur list, https://list.example/leave`],
  ["a gateway's banner", `[EXTERNAL] This mail comes from outside. Be careful.\n\n${letter}`],
  ["other line ends", letter.replaceAll("\n", "\r\n  ")],
  ["a signature less", letter.replace("Ann", "")],
  ["itself", letter],
])("with %s a text says the same", (_what, other) => {
  expect(saysTheSame(letter, other)).toBe(true);
  expect(saysTheSame(other, letter)).toBe(true);
});

test.each([
  ["another letter", "My invoice of May is wrong, please send another one."],
  ["nothing", ""],
  ["signs without words", "----- *** -----"],
])("%s says something else", (_what, other) => {
  expect(saysTheSame(letter, other)).toBe(false);
  expect(saysTheSame(other, letter)).toBe(false);
});

test("words in a script without spaces are words", () => {
  expect(saysTheSame("部屋の電気がつきません。", "部屋の電気がつきません。 -- list")).toBe(true);
});

test("two mails without words say the same", () => {
  expect(saysTheSame("", " \n ")).toBe(true);
});
