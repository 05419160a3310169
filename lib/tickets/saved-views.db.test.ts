import { beforeEach, describe, expect, it } from "vitest";
import { db, inTransaction, isStatementCanceled } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createCustomer, createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import { describeGoneFilters } from "./gone-filters";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET, parseTicketAddress } from "./query";
import { countSavedViews } from "./saved-view-counts";
import {
  deleteSavedView,
  findSavedView,
  listSavedViews,
  moveSavedView,
  renameSavedView,
  saveView,
  shareSavedView,
  type ViewToSave,
  viewsOfMenu,
} from "./saved-views";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const save = (actor: Actor, fields: Partial<ViewToSave>) =>
  saveView(actor, {
    ...{ name: "Mail", address: "source=EMAIL", isShared: false, replacedId: null },
    ...fields,
  });

async function names(viewer: Actor): Promise<{ shared: string[]; own: string[] }> {
  const { shared, own } = await listSavedViews(viewer);
  return { shared: shared.map(({ name }) => name), own: own.map(({ name }) => name) };
}

async function idOf(name: string): Promise<string> {
  return (await db().prisma.savedView.findFirstOrThrow({ where: { name } })).id;
}

describe("saved views", () => {
  it("are a person's own until they are shared, each kind in its order", async () => {
    const nora = await createUser({ name: "Nora" });
    const tom = await createUser({ name: "Tom" });
    await save(nora, { name: " First\r\n one " });
    await save(nora, { name: "Second" });
    await save(nora, { name: "For all", isShared: true });
    expect(await names(nora)).toEqual({ shared: ["For all"], own: ["First one", "Second"] });
    expect(await names(tom)).toEqual({ shared: ["For all"], own: [] });
    const { shared } = await listSavedViews(tom);
    expect(shared).toMatchObject([{ makerName: "Nora", mayChange: false, isShared: true }]);
    await moveSavedView(nora, await idOf("Second"), "up");
    await moveSavedView(nora, await idOf("Second"), "up");
    expect((await names(nora)).own).toEqual(["Second", "First one"]);
    await moveSavedView(nora, await idOf("Second"), "down");
    expect((await names(nora)).own).toEqual(["First one", "Second"]);
  });

  it("keep the list's first page in its shortest address, and are found by it", async () => {
    const agent = await createUser();
    const id = "0198d3a4-5b6c-7d8e-9f00-112233445566";
    const address = `status=solved&status=open&view=all&created=&after=u5_${id}&sort=wait`;
    const query = await save(agent, { name: "Odd", address });
    expect(query).toBe("view=all&status=OPEN%2CSOLVED&sort=wait");
    expect(await findSavedView(agent, query)).toMatchObject({ name: "Odd" });
    expect(await findSavedView(agent, "view=all")).toBeNull();
    expect(await findSavedView(agent, "")).toBeNull();
    expect(await findSavedView(await createUser(), query)).toBeNull();
  });

  it("are refused without a name, without a filter, and where the address is not understood", async () => {
    const agent = await createUser();
    const invalid = { code: "invalid" };
    await expect(save(agent, { name: " \n" })).rejects.toMatchObject({ ...invalid, field: "name" });
    await expect(save(agent, { address: "" })).rejects.toMatchObject(invalid);
    await expect(save(agent, { address: "view=spam" })).rejects.toMatchObject(invalid);
    await expect(save(agent, { address: "source=FAX" })).rejects.toMatchObject(invalid);
    expect(await save(agent, { address: "sort=wait" })).toBe("sort=wait");
    await expect(save(agent, { name: "MAIL" })).rejects.toMatchObject({ code: "conflict" });
    expect(await names(agent)).toEqual({ shared: [], own: ["Mail"] });
    const long = "x".repeat(100);
    await save(agent, { name: long });
    expect((await names(agent)).own).toContain(long.slice(0, 60));
  });

  it("take the place of another view", async () => {
    const agent = await createUser();
    await save(agent, { name: "One" });
    await save(agent, { name: "Two" });
    const replacedId = await idOf("One");
    await save(agent, { name: "One", address: "source=API", replacedId });
    await save(agent, { name: "Uno", address: "source=WEB", replacedId, isShared: true });
    await save(agent, { name: " ", address: "source=WEB&sort=wait", replacedId });
    await expect(save(agent, { name: "Two", replacedId })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await listSavedViews(agent)).own).toMatchObject([
      { id: replacedId, name: "Uno", query: "source=WEB&sort=wait", isShared: false },
      { name: "Two" },
    ]);
    const other = await createUser();
    await expect(save(other, { replacedId })).rejects.toMatchObject({ code: "not-found" });
  });

  it("are changed by their owner; shared ones by their maker or an admin, and by nobody else", async () => {
    const [maker, other] = [await createUser(), await createUser()];
    const admin = await createUser({ role: "ADMIN" });
    await save(maker, { name: "Own" });
    await save(maker, { name: "Shared", isShared: true });
    const changes = (actor: Actor, id: string) => [
      () => renameSavedView(actor, id, "Renamed"),
      () => moveSavedView(actor, id, "up"),
      () => shareSavedView(actor, id, true),
      () => save(actor, { name: "Replaced", replacedId: id }),
      () => deleteSavedView(actor, id),
    ];
    const own = await idOf("Own");
    for (const change of [...changes(other, own), ...changes(admin, own)])
      await expect(change()).rejects.toMatchObject({ code: "not-found" });
    const shared = await idOf("Shared");
    for (const change of changes(other, shared))
      await expect(change()).rejects.toMatchObject({ code: "forbidden" });
    await renameSavedView(admin, shared, "By admin");
    await renameSavedView(maker, shared, "By maker");
    expect(await names(other)).toEqual({ shared: ["By maker"], own: [] });
    expect(await deleteSavedView(admin, shared)).toBe("By maker");
    await expect(deleteSavedView(maker, shared)).rejects.toMatchObject({ code: "not-found" });
  });

  it("go back to their maker when they are no longer shared, or to whoever asks once that one is gone", async () => {
    const maker = await createUser();
    const admin = await createUser({ role: "ADMIN" });
    await save(maker, { name: "Kept", isShared: true });
    await shareSavedView(admin, await idOf("Kept"), false);
    expect(await names(maker)).toEqual({ shared: [], own: ["Kept"] });
    await save(maker, { name: "Left", isShared: true });
    await db().prisma.user.delete({ where: { id: maker.id } });
    expect(await names(admin)).toEqual({ shared: ["Left"], own: [] });
    await shareSavedView(admin, await idOf("Left"), false);
    expect(await names(admin)).toEqual({ shared: [], own: ["Left"] });
    await shareSavedView(admin, await idOf("Left"), true);
    expect(await names(admin)).toEqual({ shared: ["Left"], own: [] });
  });

  it("are fifty of a kind at most, also when they are saved at once, and twelve in the menu", async () => {
    const agent = await createUser();
    await db().prisma.savedView.createMany({
      data: Array.from({ length: 48 }, (_, n) => ({
        ...{ name: `View ${n}`, query: "source=API", ownerId: agent.id, position: n },
      })),
    });
    const tries = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) => save(agent, { name: `More ${n}` })),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    await save(agent, { name: "For all", isShared: true });
    await expect(shareSavedView(agent, await idOf("For all"), false)).rejects.toMatchObject({
      code: "conflict",
    });
    const views = await listSavedViews(agent);
    expect(views.own).toHaveLength(50);
    expect(viewsOfMenu(views).map(({ name }) => name)).toEqual([
      "For all",
      ...Array.from({ length: 12 }, (_, n) => `View ${n}`),
    ]);
  });

  it("are counted as their lists are, for whoever looks", async () => {
    const [agent, other] = [await createUser(), await createUser()];
    await createTicket({ assigneeId: agent.id });
    await createTicket({ source: "WEB" });
    await db().prisma.ticket.createMany({
      data: Array.from({ length: 1005 }, () => ({ subject: "many", source: "API" as const })),
    });
    const views = ["assignee=me", "source=WEB", "source=API", "tag=none&sort=wait"].map(
      (query, n) => ({ id: `${n}`, query }),
    );
    const counts = await countSavedViews(agent, views);
    expect(Object.fromEntries(counts)).toEqual({ 0: 1, 1: 1, 2: 1000, 3: 0 });
    for (const { id, query } of views) {
      const page = await listTickets(agent, parseTicketAddress(query).query);
      expect(page.count).toBe(counts.get(id));
    }
    expect((await countSavedViews(other, views)).get("0")).toBe(0);
    expect(await countSavedViews(other, [])).toEqual(new Map());
  });

  it("count what they search for beside what they filter by", async () => {
    const agent = await createUser();
    await createTicket({ subject: "Wrong blade" });
    await createTicket({ subject: "Another", source: "WEB" });
    const views = ["q=blade", "source=WEB", "q=nothing"].map((query) => ({ id: query, query }));
    expect(Object.fromEntries(await countSavedViews(agent, views))).toEqual({
      ...{ "q=blade": 1, "source=WEB": 1, "q=nothing": 0 },
    });
  });

  it("do without counts when those take too long", async () => {
    const slow = inTransaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', '20', true)`;
      await tx.$executeRaw`SELECT pg_sleep(20)`;
    });
    expect(await slow.catch(isStatementCanceled)).toBe(true);
    expect(isStatementCanceled(new Error("57014"))).toBe(false);
  });

  it("are refused to customers", async () => {
    const { user } = await createCustomer();
    const refusal = { code: "forbidden" };
    for (const work of [
      () => listSavedViews(user),
      () => findSavedView(user, "source=EMAIL"),
      () => countSavedViews(user, []),
      () => save(user, {}),
      () => renameSavedView(user, user.id, "x"),
      () => moveSavedView(user, user.id, "up"),
      () => shareSavedView(user, user.id, true),
      () => deleteSavedView(user, user.id),
      () => describeGoneFilters(user, EVERY_OPEN_TICKET),
    ])
      await expect(work()).rejects.toMatchObject(refusal);
  });
});

describe("filters for what is gone", () => {
  it("are named, and their list is empty", async () => {
    const agent = await createUser();
    const account = await createAccount();
    const ticket = await createTicket({ accountId: account.id, assigneeId: agent.id });
    await db().prisma.tag.create({
      data: { name: "Returns", tickets: { connect: { id: ticket.id } } },
    });
    const address = `account=${account.id}&assignee=${agent.id}&tag=returns`;
    const { query } = parseTicketAddress(address);
    expect(await describeGoneFilters(agent, query)).toEqual([]);
    expect((await listTickets(agent, query)).count).toBe(1);
    const viewer = await createUser();
    await db().prisma.ticket.update({
      where: { id: ticket.id },
      data: { accountId: null, assigneeId: null, tags: { set: [] } },
    });
    await db().prisma.emailAccount.delete({ where: { id: account.id } });
    await db().prisma.user.delete({ where: { id: agent.id } });
    await db().prisma.tag.deleteMany();
    expect(await describeGoneFilters(viewer, query)).toEqual([
      { what: "account" },
      { what: "tag", tag: "returns" },
      { what: "assignee" },
    ]);
    expect(await listTickets(viewer, query)).toMatchObject({ rows: [], count: 0 });
    expect(await describeGoneFilters(viewer, EVERY_OPEN_TICKET)).toEqual([]);
  });
});
