import { describe, expect, it } from "vitest";
import { maskWords } from "./server-words";

const server = { username: "support", password: "hunter two" };

describe("the server's words an account keeps", () => {
  it.each([
    ["the password", "NO hunter two is wrong", "NO … is wrong"],
    ["AUTH PLAIN", `bad ${Buffer.from("\0support\0hunter two").toString("base64")}`, "bad …"],
    ["AUTH LOGIN", `bad ${Buffer.from("hunter two").toString("base64")}`, "bad …"],
  ])("leave out %s", (_what, said, kept) => {
    expect(maskWords(said, server)).toBe(kept);
  });

  it("are one line of at most 300 characters, and whole without a password", () => {
    expect(maskWords("NO\r\ngo away", { ...server, password: "" })).toBe("NO go away");
    expect(maskWords("x ".repeat(400), server)).toHaveLength(300);
  });
});
