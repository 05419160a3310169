import { describe, expect, it } from "vitest";
import { paths, safeCallback } from "./paths";

const APP = "https://desk.example.com";

describe("safeCallback", () => {
  it.each([
    ["/tickets", "/tickets"],
    ["/tickets?view=spam&q=a%20b#x", "/tickets?view=spam&q=a%20b#x"],
    ["/admin/people", "/admin/people"],
    ["https://desk.example.com/my/3", "/my/3"],
    ["HTTPS://DESK.EXAMPLE.COM/my", "/my"],
  ])("goes on to %j, which is ours", (wanted, expected) => {
    expect(safeCallback(wanted, APP, "/")).toBe(expected);
  });

  it.each([
    ["another host", "https://evil.example/"],
    ["another scheme of ours", "http://desk.example.com/tickets"],
    ["another port", "https://desk.example.com:8443/tickets"],
    ["our name as the user of another host", "https://desk.example.com@evil.example/"],
    ["a user at our host", "https://user@desk.example.com/"],
    ["our name as the start of another", "https://desk.example.com.evil.example/"],
    ["a host without a scheme", "//evil.example/tickets"],
    ["a back-slashed host", "/\\evil.example"],
    ["two back-slashes", "\\\\evil.example"],
    ["a tab that browsers drop", "/\t/evil.example"],
    ["a line end", "/tickets\r\nLocation: https://evil.example"],
    ["a leading space", " //evil.example"],
    ["a host behind dot segments", "/..//evil.example"],
    ["a script", "javascript:alert(1)"],
    ["data", "data:text/html,x"],
    ["a relative address", "tickets"],
    ["an API route", "/api/raw/1"],
    ["the sign-in itself", "/login?callbackUrl=/login"],
    ["set-up", "/setup"],
    ["nothing", ""],
    ["a list", ["/tickets"]],
    ["no text at all", undefined],
    ["far too much", `/${"a".repeat(3000)}`],
  ])("stays with the fallback for %s", (_what, wanted) => {
    expect(safeCallback(wanted, APP, "/fallback")).toBe("/fallback");
  });
});

describe("paths", () => {
  it("leave empty parts out of a query and escape the others", () => {
    expect(
      paths.tickets({ view: "spam", q: "a&b", owner: "", source: null, page: undefined }),
    ).toBe("/tickets?view=spam&q=a%26b");
    expect(paths.tickets("?source=EMAIL")).toBe("/tickets?source=EMAIL");
    expect(paths.tickets()).toBe("/tickets");
  });

  it("cannot be led out of their folder by an id", () => {
    expect(paths.attachment("../../admin")).toBe("/api/attachments/..%2F..%2Fadmin");
  });
});
