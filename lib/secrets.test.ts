import { describe, expect, it } from "vitest";
import { deriveKey, deriveKeys, seal, unseal } from "./secrets";

const KEY = "a root secret of at least thirty-two characters";
const NEWER = "another root secret, newer, long enough as well";
const PLACE = "EmailAccount:1:smtpPassword";

describe("sealed secrets", () => {
  it("open where they were sealed", () => {
    expect(unseal(KEY, PLACE, seal(KEY, PLACE, "pässword ✓"))).toBe("pässword ✓");
    expect(unseal(KEY, PLACE, seal(KEY, PLACE, ""))).toBe("");
  });

  it("never look the same twice, and never show the secret", () => {
    const sealed = seal(KEY, PLACE, "hunter2");
    expect(seal(KEY, PLACE, "hunter2")).not.toBe(sealed);
    expect(sealed).toMatch(/^v1:[0-9a-f]{8}:/);
    expect(sealed).not.toContain("hunter2");
  });

  it("do not open in another row or field", () => {
    const sealed = seal(KEY, PLACE, "hunter2");
    expect(() => unseal(KEY, "EmailAccount:2:smtpPassword", sealed)).toThrow(/wrong row/);
  });

  it("do not open when a byte was changed", () => {
    const sealed = seal(KEY, PLACE, "hunter2");
    // The first character after the last colon: of the very last one only two bits count.
    const at = sealed.lastIndexOf(":") + 1;
    const other = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    expect(() => unseal(KEY, PLACE, changed)).toThrow(/damaged/);
    expect(() => unseal(KEY, PLACE, "hunter2")).toThrow(/APP_SECRET/);
  });

  it("open after a rotation, and are sealed with the newest key", () => {
    const old = seal(KEY, PLACE, "hunter2");
    const rotated = `${NEWER},${KEY}`;
    expect(unseal(rotated, PLACE, old)).toBe("hunter2");
    expect(unseal(NEWER, PLACE, seal(rotated, PLACE, "hunter2"))).toBe("hunter2");
    expect(() => unseal(NEWER, PLACE, old)).toThrow(/APP_SECRET has changed/);
  });

  it("come from another key for each purpose", () => {
    expect(deriveKey(KEY, "one")).not.toEqual(deriveKey(KEY, "two"));
    expect(deriveKey(KEY, "one")).toHaveLength(32);
    expect(deriveKeys(" newer ,, older", "one")).toEqual([
      deriveKey("newer", "one"),
      deriveKey("older", "one"),
    ]);
    expect(deriveKeys("", "one")).toEqual([]);
  });
});
