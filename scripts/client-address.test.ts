import { describe, expect, it } from "vitest";
import { sealClientAddress } from "./client-address.mjs";

function forwardedFor(remoteAddress: string, header?: string): string | undefined {
  const headers: Record<string, string> = header ? { "x-forwarded-for": header } : {};
  sealClientAddress({ socket: { remoteAddress }, headers });
  return headers["x-forwarded-for"];
}

describe("the address a request counts by", () => {
  it.each(["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1"])(
    "is %s's own when it connects from outside, whatever it claims",
    (address) => {
      expect(forwardedFor(address, "10.0.0.1, 192.0.2.1")).toBe(address);
      expect(forwardedFor(address)).toBe(address);
    },
  );

  it.each(["127.0.0.1", "::1", "::ffff:10.1.2.3", "192.168.1.4", "fd00::7"])(
    "is what the proxy at %s says",
    (address) => {
      expect(forwardedFor(address, "203.0.113.9")).toBe("203.0.113.9");
    },
  );

  it("is never an empty claim when the socket is gone", () => {
    expect(forwardedFor("", "10.0.0.1")).toBe("");
  });
});
