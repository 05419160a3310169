import { describe, expect, it } from "vitest";
import { accountsQuery, pageOf } from "./account-query";

const accounts = Array.from({ length: 120 }, (_, n) => ({
  email: `desk${n}@example.test`,
  name: n === 7 ? "Lamp Sales" : "",
}));

describe("the pages of the accounts", () => {
  it("hold fifty each, and none past the last", () => {
    const sizes = [1, 2, 3, 4].map((page) => pageOf(accounts, { q: "", page }).shown.length);
    expect(sizes).toEqual([50, 50, 20, 0]);
    expect(pageOf(accounts, { q: "", page: 1 })).toMatchObject({ pages: 3, found: 120 });
  });

  it("are searched by address and name", () => {
    expect(pageOf(accounts, { q: "lamp s", page: 1 }).shown).toEqual([accounts[7]]);
    expect(pageOf(accounts, { q: "DESK11", page: 1 }).found).toBe(11);
    expect(pageOf(accounts, { q: "nobody", page: 1 })).toEqual({ shown: [], pages: 1, found: 0 });
  });

  it.each([
    [{}, { q: "", page: 1 }],
    [
      { q: " lamp ", page: "2" },
      { q: "lamp", page: 2 },
    ],
    [
      { q: ["a", "b"], page: "-1" },
      { q: "", page: 1 },
    ],
    [{ page: "0" }, { q: "", page: 1 }],
    [{ page: "99999" }, { q: "", page: 1 }],
  ])("are asked for by an address that may hold anything: %j", (params, query) => {
    expect(accountsQuery(params)).toEqual(query);
  });
});
