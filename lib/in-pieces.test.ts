import { expect, it } from "vitest";
import { inPieces } from "./in-pieces";

const sizeOf = (size: number) => size;

it("cuts by size and by count, in order; what is too large is alone", () => {
  expect(inPieces([3, 4, 9, 20, 1, 1], sizeOf, { sizeMax: 10 })).toEqual([
    [3, 4],
    [9],
    [20],
    [1, 1],
  ]);
  expect(inPieces([1, 1, 1], sizeOf, { sizeMax: 10, countMax: 2 })).toEqual([[1, 1], [1]]);
  expect(inPieces([], sizeOf, { sizeMax: 10 })).toEqual([]);
});
