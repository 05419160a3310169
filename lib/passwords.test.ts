import { describe, expect, it } from "vitest";
import { hashPassword, passwordProblem, verifyPassword } from "./passwords";

describe("passwordProblem", () => {
  it.each([
    ["short one", "This password is too short: use at least 10 characters."],
    ["", "This password is too short: use at least 10 characters."],
    ["x".repeat(201), "This password is too long: use at most 200 characters."],
    ["aaaaaaaaaa", null],
    ["пароль из слов", null],
    ["🔑".repeat(10), null],
  ])("of %j is %j", (password, problem) => {
    expect(passwordProblem(password)).toBe(problem);
  });
});

describe("verifyPassword", () => {
  it("knows the password again, and no other", async () => {
    const stored = await hashPassword("correct horse battery");
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword("correct horse battery", stored)).toBe(true);
    expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
    expect(await verifyPassword(" correct horse battery", stored)).toBe(false);
  });

  it("takes a letter in both ways a keyboard can compose it", async () => {
    const stored = await hashPassword("Müllers Garten");
    expect(await verifyPassword("Mu\u0308llers Garten", stored)).toBe(true);
  });

  it("lets nobody in without a stored hash, not even with the decoy's own password", async () => {
    expect(await verifyPassword("nobody signs in with this", null)).toBe(false);
  });

  it("refuses a damaged hash and an endless password without failing", async () => {
    expect(await verifyPassword("correct horse battery", "$argon2id$nonsense")).toBe(false);
    expect(await verifyPassword("x".repeat(1_000_000), await hashPassword("x".repeat(200)))).toBe(
      false,
    );
  });
});
