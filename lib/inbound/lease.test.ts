import { describe, expect, it } from "vitest";
import { backoffSeconds } from "./lease";

describe("the wait after a failed poll", () => {
  it.each([
    [1, 2],
    [2, 3],
    [3, 4.5],
    [4, 6.75],
    [8, 30],
    [500, 30],
  ])("after failure %i in a row is %d seconds and up to a third more", (failures, seconds) => {
    for (let n = 0; n < 50; n++) {
      const wait = backoffSeconds("transient", failures);
      expect(wait).toBeGreaterThanOrEqual(seconds);
      expect(wait).toBeLessThanOrEqual(seconds * 1.3);
    }
  });

  it("differs between accounts, so that those of one server do not march in step", () => {
    const waits = Array.from({ length: 20 }, () => backoffSeconds("transient", 8));
    expect(new Set(waits).size).toBeGreaterThan(15);
  });

  it.each([
    [1, 60],
    [2, 300],
    [3, 900],
    [4, 3600],
    [9, 3600],
  ])("after wrong password %i is %i seconds", (failures, seconds) => {
    expect(backoffSeconds("auth", failures)).toBe(seconds);
  });
});
