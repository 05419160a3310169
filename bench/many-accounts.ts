import { setTimeout as sleep } from "node:timers/promises";
import { requestPoll } from "@/lib/accounts/polling";
import { db } from "@/lib/db/client";
import { saveMails } from "@/lib/testing/maildir";
import { rawMail } from "@/lib/testing/raw-mail";
import { runAlone } from "./alone";
import { ManyWorld, spentSince } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { databaseNow, punctuality } from "./punctuality";
import { quantile } from "./quantile";

const ACCOUNTS = 1_000;
const WITH_MAIL = 100;
const INTERVAL_SECONDS = 60;
const MINUTES = 5;

type Options = PartOptions & { minutes?: number };

/**
 * A thousand accounts without new mail on one worker with its settings as shipped, watched after each
 * has been polled once. A poll is due an interval after the one before was claimed; late are those
 * that were claimed more than 5 s after that, and those that have not come by then.
 */
export const part: Part = {
  name: "many-accounts",
  async run(options: Options): Promise<Figure[]> {
    const world = await ManyWorld.start();
    try {
      const users = Array.from(
        { length: scaled(ACCOUNTS, options) },
        (_, n) => `desk${n}@example.test`,
      );
      const ids: string[] = [];
      for (const user of users) ids.push(await world.connect(user, options));
      await world.startWorker({ EMAIL_POLLING_INTERVAL: String(INTERVAL_SECONDS) });
      const polled = `SELECT count(*) FROM "EmailAccount" WHERE "lastPolledAt" IS NOT NULL`;
      await world.until(polled, users.length, { everyMs: 500 });
      const figures = await watch(world, users.length, options.minutes ?? MINUTES);
      const some = Math.min(WITH_MAIL, users.length);
      return [...figures, await mailForMany(world, users.slice(0, some), ids.slice(0, some))];
    } finally {
      await world.stop();
    }
  },
};

async function watch(world: ManyWorld, accounts: number, minutes: number): Promise<Figure[]> {
  const begin = await databaseNow();
  const spentBefore = world.spent();
  const endAt = performance.now() + minutes * 60_000;
  const megabytes: number[] = [];
  while (performance.now() < endAt) {
    megabytes.push(world.workerMb());
    await sleep(1000);
  }
  const spent = spentSince(world, spentBefore);
  const end = await databaseNow();
  const seconds = (end.getTime() - begin.getTime()) / 1000;
  const { polls, late, lateness, failed, kept } = await punctuality(begin, end, INTERVAL_SECONDS);
  const note = `${accounts} accounts, ${polls} polls in ${Math.round(seconds)} s, ${failed} failed, ${kept} in IDLE`;
  const cores = (used: number) => used / seconds;
  return [
    {
      ...{ name: "accounts-1000-late", value: late, unit: "polls", reach: { atMost: 0 } },
      note: `${note}; p99 ${quantile(lateness, 0.99).toFixed(1)} s, at most ${Math.max(...lateness).toFixed(1)} s after they were due`,
    },
    {
      ...{ name: "accounts-1000-cpu", value: cores(spent.worker), unit: "cores" },
      ...{ reach: { atMost: 0.25 }, note: "the worker with all its threads" },
    },
    { name: "accounts-1000-postgres-cpu", value: cores(spent.postgres), unit: "cores" },
    { name: "accounts-1000-dovecot-cpu", value: cores(spent.dovecot), unit: "cores" },
    {
      ...{ name: "accounts-1000-rss-mb", value: Math.max(...megabytes), unit: "MB" },
      ...{ reach: { atMost: 600 }, note: "the most of any second" },
    },
  ];
}

/** A mail for each of these accounts, then a poll of all of them: until the last has its ticket. */
async function mailForMany(world: ManyWorld, users: string[], ids: string[]): Promise<Figure> {
  // In IDLE, many would be polled while the mails are still being put in.
  await db().pool.query(
    `UPDATE "EmailAccount" SET "nextPollAt" = now() + interval '1 hour' WHERE "id" = ANY($1::uuid[])`,
    [ids],
  );
  for (const user of users)
    await saveMails(world.bed, { user, folder: "INBOX" }, [rawMail({ to: user })]);
  const startedAt = performance.now();
  for (const id of ids) await requestPoll(id);
  await world.until(`SELECT count(*) FROM "Ticket"`, users.length, { everyMs: 20 });
  return {
    ...{ name: "hundred-accounts-mail-s", unit: "s" },
    value: (performance.now() - startedAt) / 1000,
    note: `${users.length} accounts with a mail each, asked for at once, until the last ticket`,
  };
}

await runAlone(import.meta.url, part);
