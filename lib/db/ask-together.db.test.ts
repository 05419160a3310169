import { expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import { askTogether } from "./ask-together";
import { db } from "./client";

useTestDatabase();

it("answers each question by its name, with its own parameters", async () => {
  const answers = await askTogether<{
    words: { word: string; isLong: boolean };
    none: { n: number };
    numbers: { n: number; all: number[] };
  }>(db().pool, {
    words: {
      text: `SELECT word, length(word) > $2::int AS "isLong" FROM unnest($1::text[]) AS word`,
      values: [["a", 'quo"te', "Müller"], 5],
    },
    none: { text: "SELECT 1 AS n WHERE $1::boolean", values: [false] },
    numbers: {
      text: "SELECT n, $1::int[] AS all FROM generate_series(1, $2::int) AS n ORDER BY n DESC",
      values: [[7, 8], 2],
    },
  });
  expect(answers).toEqual({
    words: [
      { word: "a", isLong: false },
      { word: 'quo"te', isLong: true },
      { word: "Müller", isLong: true },
    ],
    none: [],
    numbers: [
      { n: 2, all: [7, 8] },
      { n: 1, all: [7, 8] },
    ],
  });
});

it("fails as a whole when one of them does", async () => {
  const asked = askTogether<{ one: { n: number }; two: { n: number } }>(db().pool, {
    one: { text: "SELECT 1 AS n", values: [] },
    two: { text: "SELECT 1 / $1::int AS n", values: [0] },
  });
  await expect(asked).rejects.toThrow("division by zero");
});
