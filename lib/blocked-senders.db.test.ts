import { beforeEach, describe, expect, it } from "vitest";
import { blockByHand, findBlock, listBlocks, unblockByHand } from "./blocked-senders";
import { db, inTransaction } from "./db/client";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createAccount, createUser } from "./testing/factories";

useTestDatabase();

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = {
    id: (await createUser({ name: "Nora", email: "nora@desk.example" })).id,
    role: "AGENT",
  };
});

const block = (sender: string) => blockByHand(agent, sender);
const blockOf = (address: string) => inTransaction((tx) => findBlock(tx, address));

describe("a block", () => {
  it("is stored in the one form addresses are compared in", async () => {
    expect(await block("  Eve@MÜLL.test ")).toBe("eve@xn--mll-hoa.test");
    expect(await block("@Evil.Test.")).toBe("evil.test");
    expect(await block("EVE@müll.test")).toBe("eve@xn--mll-hoa.test");
    const { rows, count } = await listBlocks(agent);
    expect(count).toBe(2);
    expect(rows).toMatchObject([
      { sender: "evil.test", by: "Nora" },
      { sender: "eve@xn--mll-hoa.test", by: "Nora" },
    ]);
    expect(await db().prisma.auditLog.count({ where: { action: "sender.blocked" } })).toBe(2);
  });

  it("of an address is for that address alone", async () => {
    await block("eve@evil.test");
    expect(await blockOf("EVE@Evil.test")).toMatchObject({ sender: "eve@evil.test" });
    expect(await blockOf("adam@evil.test")).toBeNull();
    expect(await blockOf("eve@mail.evil.test")).toBeNull();
  });

  it("of a domain is for everything below it, and nothing beside it", async () => {
    await block("evil.test");
    for (const address of ["eve@evil.test", "eve@a.mail.evil.test"])
      expect(await blockOf(address)).toMatchObject({ sender: "evil.test" });
    for (const address of [
      "eve@notevil.test",
      "eve@evil.test.example",
      "eve@test",
      "evil.test@a.b",
    ])
      expect(await blockOf(address)).toBeNull();
  });

  it("never takes in somebody who came to sign in here later", async () => {
    await block("evil.test");
    const user = await createUser({ email: "good@evil.test" });
    expect(await blockOf("Good@evil.test")).toBeNull();
    await db().prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
    expect(await blockOf("good@evil.test")).toMatchObject({ sender: "evil.test" });
  });

  it("is lifted once", async () => {
    await block("evil.test");
    const id = (await blockOf("eve@evil.test"))?.id ?? "";
    expect(await unblockByHand(agent, id)).toBe("evil.test");
    expect(await blockOf("eve@evil.test")).toBeNull();
    await expect(unblockByHand(agent, id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("is not for customers to set, see or lift", async () => {
    const customer = { id: agent.id, role: "CUSTOMER" as const };
    await block("evil.test");
    const id = (await blockOf("eve@evil.test"))?.id ?? "";
    const forbidden = { code: "forbidden" };
    await expect(blockByHand(customer, "evil.test")).rejects.toMatchObject(forbidden);
    await expect(unblockByHand(customer, id)).rejects.toMatchObject(forbidden);
    await expect(listBlocks(customer)).rejects.toMatchObject(forbidden);
  });
});

describe("what can't be blocked", () => {
  beforeEach(async () => {
    await createAccount({ email: "support@lamps.example" });
    await createAccount({ email: "lamps@gmail.com" });
    await createUser({ email: "chris@mail.partner.example", role: "CUSTOMER" });
    await createUser({ email: "former@old.example", isActive: false });
  });

  it.each([
    ["com", /com is no single domain/],
    ["co.uk", /no single domain/],
    ["github.io", /no single domain/],
    ["gmail.com", /Anybody may have an address at gmail\.com/],
    ["outlook.de", /Anybody may have an address/],
    ["lamps.example", /You receive mail for lamps\.example/],
    ["partner.example", /chris@mail\.partner\.example signs in here/],
    ["desk.example", /nora@desk\.example signs in here/],
    ["support@lamps.example", /a domain you receive mail for/],
    ["eve@lamps.example", /a domain you receive mail for/],
    ["lamps@gmail.com", /one of your email accounts/],
    ["NORA@desk.example", /signs in here/],
    ["chris@mail.partner.example", /signs in here/],
    ["", /no email address and no domain/],
    ["two words", /no email address and no domain/],
    ["eve@@evil.test", /no email address and no domain/],
    ["127.0.0.1", /no email address and no domain/],
    [`${"a".repeat(300)}.test`, /no email address and no domain/],
  ])("%s", async (sender, why) => {
    await expect(block(sender)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(why),
    });
    expect((await listBlocks(agent)).count).toBe(0);
  });

  it.each(["eve@gmail.com", "eve@desk.example", "evil.co.uk", "evil.github.io", "old.example"])(
    "and what can: %s",
    async (sender) => expect(await block(sender)).toBe(sender),
  );
});
