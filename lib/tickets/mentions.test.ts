import { expect, it } from "vitest";
import { findMentions } from "./mentions";

const people = [
  { id: "ben", name: "Ben", email: "b@desk.example" },
  { id: "okoye", name: "Ben Okoye", email: "ben@desk.example" },
  { id: "zoe", name: "Zoë Müller", email: "zoe@desk.example" },
  { id: "ada1", name: "Ada Lind", email: "ada1@desk.example" },
  { id: "ada2", name: "Ada Lind", email: "ada2@desk.example" },
];

it.each([
  ["@Ben Okoye, please look", ["okoye"], ["@Ben Okoye"]],
  ["@Ben please look", ["ben"], ["@Ben"]],
  ["cc @zoë müller.", ["zoe"], ["@zoë müller"]],
  ["(@zoe@desk.example)", ["zoe"], ["@zoe@desk.example"]],
  ["@Ada Lind", ["ada1", "ada2"], ["@Ada Lind"]],
  ["@Ben @Ben and @BEN", ["ben"], ["@Ben", "@BEN"]],
  ["@Benny and me@Ben Okoye", [], []],
  ["write to ben@desk.example", [], []],
  ["@", [], []],
])("%s", (text, ids, words) => {
  expect(findMentions(text, people)).toEqual({ ids, words });
});
