import { expect, it } from "vitest";
import { newId } from "./new-id";
import { isUuid } from "./uuid";

it("makes ids of now, each greater than the one before", () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, newId);
  const after = Date.now();
  expect(ids.filter((id) => !isUuid(id))).toEqual([]);
  expect(ids).toEqual([...new Set(ids)].sort());
  for (const id of ids) {
    const madeAt = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
    expect(madeAt).toBeGreaterThanOrEqual(before);
    expect(madeAt).toBeLessThanOrEqual(after);
    expect(id).toMatch(/^.{14}7.{4}[89ab]/);
  }
});

it("makes the rest of an id at random", () => {
  const ends = Array.from({ length: 1_000 }, () => newId().slice(-12));
  expect(new Set(ends).size).toBe(1_000);
});
