import { setTimeout as sleep } from "node:timers/promises";
import { db } from "@/lib/db/client";
import { type Fault, type FaultProxy, startFaultProxy } from "@/lib/testing/fault-proxy";
import { findFreePorts } from "@/lib/testing/free-ports";
import { saveMails } from "@/lib/testing/maildir";
import { rawMail } from "@/lib/testing/raw-mail";
import { runAlone } from "./alone";
import { ManyWorld } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { databaseNow, punctuality } from "./punctuality";
import { quantile } from "./quantile";

const ACCOUNTS = 100;
const INTERVAL_SECONDS = 60;
const MINUTES = 4;

/** What is wrong with the servers of every tenth account, one after the other; null refuses connections. */
const SICKNESSES: { name: string; fault: Fault | null }[] = [
  { name: "silent", fault: { stall: true } },
  { name: "refusing", fault: null },
  { name: "resetting", fault: { reset: true } },
  { name: "slow", fault: { bytesPerSecond: 100 } },
  { name: "silent while signing in", fault: { holeAfter: 200 } },
  { name: "resetting while signing in", fault: { resetAfter: 200 } },
];

type Options = PartOptions & { minutes?: number };

/**
 * A hundred accounts on one worker with its settings as shipped, a tenth of them on servers that are
 * sick in different ways, from the worker's first second on. Watched once each of the healthy ones
 * has been polled: whether these are polled when they are due, and how long their mail takes.
 */
export const part: Part = {
  name: "sick-servers",
  async run(options: Options): Promise<Figure[]> {
    const world = await ManyWorld.start();
    const proxies: FaultProxy[] = [];
    try {
      const users = Array.from(
        { length: scaled(ACCOUNTS, options) },
        (_, n) => `desk${n}@example.test`,
      );
      const ids = { healthy: [] as string[], sick: [] as string[] };
      for (const [n, user] of users.entries())
        if (n % 10 === 0) ids.sick.push(await connectSick(world, user, n / 10, proxies));
        else ids.healthy.push(await world.connect(user, options));
      await world.startWorker({ EMAIL_POLLING_INTERVAL: String(INTERVAL_SECONDS) });
      const polled = `SELECT count(*) FROM "EmailAccount" WHERE "lastPolledAt" IS NOT NULL AND "imapPort" IN (${world.bed.imapPort}, ${world.bed.imapsPort})`;
      await world.until(polled, ids.healthy.length, { everyMs: 500 });
      const figures = await watch(ids, options.minutes ?? MINUTES);
      return [...figures, await mailForHealthy(world, users)];
    } finally {
      await world.stop();
      for (const proxy of proxies) await proxy.close();
    }
  },
};

async function connectSick(
  world: ManyWorld,
  user: string,
  n: number,
  proxies: FaultProxy[],
): Promise<string> {
  const fault = SICKNESSES[n % SICKNESSES.length]?.fault ?? null;
  const proxy = fault && (await startFaultProxy(world.bed.imapPort, fault));
  if (proxy) proxies.push(proxy);
  const [closed = 1] = await findFreePorts(1);
  return world.connect(user, { tls: false, imapPort: proxy?.port ?? closed });
}

async function watch(
  { healthy, sick }: { healthy: string[]; sick: string[] },
  minutes: number,
): Promise<Figure[]> {
  const begin = await databaseNow();
  await sleep(minutes * 60_000);
  const end = await databaseNow();
  const well = await punctuality(begin, end, INTERVAL_SECONDS, healthy);
  const ill = await punctuality(begin, end, INTERVAL_SECONDS, sick);
  const kinds = SICKNESSES.map(({ name }) => name).join(", ");
  return [
    {
      ...{ name: "accounts-sick-late", value: well.late, unit: "polls", reach: { atMost: 0 } },
      note: `${healthy.length} healthy accounts, ${well.polls} polls, ${well.failed} failed, ${well.kept} in IDLE; p99 ${quantile(well.lateness, 0.99).toFixed(1)} s, at most ${Math.max(...well.lateness).toFixed(1)} s after they were due; beside them ${sick.length} sick ones (${kinds}), ${ill.failed} of ${ill.polls} polls failed`,
    },
    {
      ...{ name: "accounts-sick-failed", value: well.failed, unit: "polls", reach: { atMost: 0 } },
      note: "polls of healthy accounts that failed",
    },
  ];
}

/** A mail for each healthy account at once, until the last has its ticket. */
async function mailForHealthy(world: ManyWorld, users: string[]): Promise<Figure> {
  const healthy = users.filter((_, n) => n % 10 !== 0);
  const startedAt = performance.now();
  for (const user of healthy)
    await saveMails(world.bed, { user, folder: "INBOX" }, [rawMail({ to: user })]);
  await world.until(`SELECT count(*) FROM "Ticket"`, healthy.length, { everyMs: 20 });
  const seconds = (performance.now() - startedAt) / 1000;
  const { rows } = await db().pool.query<{ sick: number }>(
    `SELECT count(*)::int AS sick FROM "EmailAccount" WHERE "consecutiveFailures" > 0`,
  );
  return {
    ...{ name: "accounts-sick-mail-s", value: seconds, unit: "s" },
    note: `${healthy.length} mails at once, until the last ticket; ${rows[0]?.sick ?? 0} accounts failing meanwhile`,
  };
}

await runAlone(import.meta.url, part);
