import { expect, it } from "vitest";
import { oneLine } from "./log";

it("what a mail or a server says cannot forge a line of the log, colour it or turn it round", () => {
  const forged = "No such folder\r\nERROR: all is well\u001b[2J\u0085\u2028x\u202ey\u0000";
  const line = oneLine(forged);
  expect(line).toBe("No such folder ERROR: all is well [2J x y ");
  expect(oneLine("x".repeat(10_000))).toHaveLength(500);
});
