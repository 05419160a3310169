import { describe, expect, it } from "vitest";
import { isSignedTestMailId, signTestMailId } from "./test-mail-id";

const key = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);

describe("the Message-ID of a test mail", () => {
  it("is known by its key, in any case of letters and with brackets", () => {
    const id = signTestMailId("Example.test", key);
    expect(id).toMatch(/^test\.[0-9a-f]{32}\.[0-9a-f]{20}\.mailroom@example\.test$/);
    for (const form of [id, `<${id}>`, id.toUpperCase()])
      expect(isSignedTestMailId(form, () => [other, key])).toBe(true);
    expect(signTestMailId("example.test", key)).not.toBe(id);
  });

  it("of another key, changed, or made up is none of ours", () => {
    const id = signTestMailId("example.test", key);
    expect(isSignedTestMailId(id, () => [other])).toBe(false);
    expect(isSignedTestMailId(id.replace(/^test\../, "test.g"), () => [key])).toBe(false);
    const swapped = id.replace(/^test\.(.)/, (_all, digit) => `test.${digit === "0" ? "1" : "0"}`);
    expect(isSignedTestMailId(swapped, () => [key])).toBe(false);
    expect(isSignedTestMailId("mail.1@customer.test", () => [key])).toBe(false);
  });

  it("asks for no key where it can't be one", () => {
    const keys = () => {
      throw new Error("asked");
    };
    expect(isSignedTestMailId("test.1@customer.test", keys)).toBe(false);
  });

  it("has a usable domain, whatever the account's is", () => {
    expect(signTestMailId("", key)).toMatch(/@mailroom\.invalid$/);
    expect(signTestMailId("exa mple\r\n.test", key)).toMatch(/@mailroom\.invalid$/);
  });
});
