import { expect, it, vi } from "vitest";
import { db } from "./db/client";
import { listen, type Notice, notifyAll, notifyNow } from "./db/listen";
import { newId } from "./new-id";
import { followNotices } from "./notices";
import { useTestDatabase } from "./testing/database";

useTestDatabase();

const listeners = async () => {
  const { rows } = await db().pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND query ILIKE 'LISTEN %'`,
  );
  return rows[0]?.n;
};

it("many followers share one connection, and whoever leaves hears nothing more", async () => {
  const [one, two]: [Notice[], Notice[]] = [[], []];
  const leaveOne = followNotices((notice) => one.push(notice));
  const leaveTwo = followNotices((notice) => two.push(notice));
  // The first notice is the resync of the connection itself.
  await vi.waitFor(() => expect(two).toHaveLength(1), 10_000);
  expect(await listeners()).toBe(1);

  await notifyNow("ticket", "a");
  await vi.waitFor(() => expect(two).toHaveLength(2), 10_000);
  expect(one.at(-1)).toEqual({ topic: "ticket", id: "a" });

  leaveOne();
  leaveOne();
  await notifyNow("account", "b");
  await vi.waitFor(() => expect(two.at(-1)).toEqual({ topic: "account", id: "b" }), 10_000);
  expect(one.at(-1)).toEqual({ topic: "ticket", id: "a" });
  leaveTwo();
});

it("many things told at once are heard one by one, each once", async () => {
  const heard: Notice[] = [];
  const stop = listen((notice) => heard.push(notice));
  await vi.waitFor(() => expect(heard).toHaveLength(1), 10_000);
  const ids = Array.from({ length: 450 }, () => newId());
  const tickets = ids.map((id) => ({ topic: "ticket", id }) as const);
  const [first = ""] = ids;
  await notifyAll(db().pool, [...tickets, { topic: "inbound", id: first }, ...tickets]);
  await vi.waitFor(() => expect(heard).toHaveLength(1 + 450 + 1), 10_000);
  expect(heard.slice(1)).toEqual([...tickets, { topic: "inbound", id: first }]);
  await stop();
});
