import { expect, it } from "vitest";
import { isSharedDomain } from "./shared-domains";

it.each(["gmail.com", "outlook.de", "yahoo.co.uk", "gmx.net", "web.de", "mail.com", "proton.me"])(
  "anybody may have an address at %s",
  (domain) => expect(isSharedDomain(domain)).toBe(true),
);

it("what is below such a domain is shared as well", () => {
  expect(isSharedDomain("mx.gmail.com")).toBe(true);
});

it.each(["example.com", "gmail.com.evil.test", "mygmail.com", "evil.test", "com"])(
  "%s is somebody's own",
  (domain) => expect(isSharedDomain(domain)).toBe(false),
);
