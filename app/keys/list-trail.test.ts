import { describe, expect, it } from "vitest";
import { parseTrail } from "./list-trail";

describe("the list one came from", () => {
  it("is read back as it was written", () => {
    const trail = { address: "/tickets?view=unassigned", numbers: [3, 1] };
    expect(parseTrail(JSON.stringify(trail))).toEqual(trail);
  });

  it.each([
    null,
    "",
    "{",
    "null",
    '{"address":"/tickets"}',
    '{"address":"//evil.test","numbers":[1]}',
    '{"address":"javascript:alert(1)","numbers":[1]}',
    '{"address":"/tickets","numbers":["1"]}',
  ])("is nothing for %s", (text) => {
    expect(parseTrail(text)).toBeNull();
  });
});
