import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { keepRawMail, takeRawMail, untilFreshMailsTaken } from "./fresh-mails";

/** A mail of two megabytes: of 32 MB sixteen are kept, and with more than eight no more is fetched. */
const MAIL_BYTES = 2 * 1024 * 1024;
const ids = Array.from({ length: 20 }, (_, n) => `receipt ${n}`);

function keep(count: number): void {
  for (const id of ids.slice(0, count)) keepRawMail(id, Buffer.alloc(MAIL_BYTES, id));
}

/** Whether it has not ended by itself after a moment. */
async function isWaiting(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => false), sleep(100).then(() => true)]);
}

afterEach(() => {
  for (const id of ids) takeRawMail(id);
});

describe("mails that were just stored", () => {
  it("are given once, up to a bound", () => {
    keep(20);
    expect(ids.filter((id) => takeRawMail(id)?.subarray(0, id.length).toString() === id)).toEqual(
      ids.slice(0, 16),
    );
    expect(takeRawMail(ids[0] ?? "")).toBeNull();
  });

  it("hold up the next ones while they are being taken, and only then", async () => {
    const { signal } = new AbortController();
    await sleep(1_050);
    keep(12);
    expect(await isWaiting(untilFreshMailsTaken(signal))).toBe(false);
    takeRawMail(ids[0] ?? "");
    const waiting = untilFreshMailsTaken(signal);
    expect(await isWaiting(waiting)).toBe(true);
    for (const id of ids.slice(1, 5)) takeRawMail(id);
    await waiting;
  });

  it("hold up nobody who stops", async () => {
    keep(12);
    takeRawMail(ids[0] ?? "");
    const stopping = new AbortController();
    const waiting = untilFreshMailsTaken(stopping.signal);
    expect(await isWaiting(waiting)).toBe(true);
    stopping.abort();
    await waiting;
  });
});
