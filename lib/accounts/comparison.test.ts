import { describe, expect, it } from "vitest";
import { comparisonOf } from "./comparison";

const NEVER = {
  ...{ reconciledAt: null, serverMails: null, heldMails: null, leftOutMails: null },
  ...{ goneMails: null, fetchedMails: null, missingMails: null, compareError: null },
};

describe("a comparison in words", () => {
  it("is nothing before there was one", () => {
    expect(comparisonOf(NEVER, 2)).toBeNull();
  });

  it("has nothing to explain where all is held", () => {
    const at = new Date();
    const same = { ...NEVER, reconciledAt: at, serverMails: 4, heldMails: 4 };
    expect(comparisonOf(same, 2)).toEqual({
      ...{ at, server: 4, held: 4, quarantined: 2, why: [], isWhole: true },
    });
  });

  it("explains every difference", () => {
    const row = { ...NEVER, reconciledAt: new Date(), serverMails: 1217, heldMails: 1204 };
    const differing = { ...row, leftOutMails: 12, fetchedMails: 3, missingMails: 1, goneMails: 2 };
    const found = comparisonOf(differing, 0);
    expect(found?.why).toEqual([
      "12 are from before polling began and left out",
      "3 were missing here and fetched just then",
      "1 is missing here and fetched by the next polls",
      "2 were deleted or moved on the server since; we keep ours",
    ]);
    expect(found?.isWhole).toBe(false);
  });
});
