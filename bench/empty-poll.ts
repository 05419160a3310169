import { chownSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { requestPoll } from "@/lib/accounts/polling";
import { db } from "@/lib/db/client";
import { runAlone } from "./alone";
import { type Command, type CommandLog, type Conversation, startCommandLog } from "./command-log";
import { ManyWorld } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { quantile } from "./quantile";

const HUGE = 100_000;
const SMALL = 100;
const POLLS = 15;
const LONG_AGO = 1_700_000_000;
const MAIL_OWNER = 5000;

/** Polls of one kind: what each said after signing in, and how long it took apart from connecting. */
type Polls = { commands: Command[][]; ms: number[] };

/**
 * Polls of a folder of 100,000 mails that have all been read, over a connection of their own and over
 * one kept in IDLE, and of one with 100; then those that compare the folder with what is held. A
 * poll's time is from its claim to its record's end, without what lies between the connection and the
 * open folder. Counted is what is said after signing in, with the folder's opening, but without what
 * introduces the client (ID, NAMESPACE, ENABLE).
 */
export const part: Part = {
  name: "empty-poll",
  async run(options: PartOptions): Promise<Figure[]> {
    const world = await ManyWorld.start();
    const wire = await startCommandLog(world.bed.imapPort);
    try {
      const [huge, small] = [scaled(HUGE, options), SMALL];
      const ids = {
        huge: await readAccount(world, wire, "huge@example.test", huge),
        small: await readAccount(world, wire, "small@example.test", small),
      };
      // Nobody is due by itself: each poll is asked for.
      const env = { EMAIL_POLLING_INTERVAL: "86400" };
      await world.startWorker({ ...env, EMAIL_IDLE_ENABLED: "false" });
      const anew = await measure(world, wire, ids.huge, POLLS);
      const anewSmall = await measure(world, wire, ids.small, POLLS);
      const compared = await compare(world, wire, ids.huge);
      await world.stopWorker();
      await world.startWorker(env);
      await measure(world, wire, ids.huge, 1);
      await measure(world, wire, ids.small, 1);
      const kept = await measure(world, wire, ids.huge, POLLS);
      const keptSmall = await measure(world, wire, ids.small, POLLS);
      return figuresOf(huge, { anew, anewSmall, kept, keptSmall, compared });
    } finally {
      await world.stop();
      await wire.close();
    }
  },
};

function figuresOf(
  mails: number,
  polls: Record<"anew" | "anewSmall" | "kept" | "keptSmall" | "compared", Polls>,
): Figure[] {
  const worst = (kind: Polls) =>
    kind.commands.reduce((most, said) => (said.length > most.length ? said : most), []);
  const commands = [polls.anew, polls.kept].map(worst);
  const ms = (kind: Polls) => quantile(kind.ms, 0.5);
  const one = (name: string, kind: Polls, other?: Polls): Figure => ({
    ...{ name, value: ms(kind), unit: "ms" },
    note: `${worst(kind).map(verbOf).join(", ")}${other ? `; ${SMALL} mails: ${ms(other).toFixed(1)} ms` : ""}`,
  });
  return [
    {
      ...{ name: "poll-empty-commands", unit: "commands", reach: { atMost: 5 } },
      value: Math.max(...commands.map((said) => said.length)),
      note: `${mails} mails; after signing in, with the folder's opening, the most of any poll`,
    },
    {
      ...{ name: "poll-empty-ms", unit: "ms", reach: { atMost: 50 } },
      value: Math.max(ms(polls.anew), ms(polls.kept)),
      note: "the slower kind's median",
    },
    one("poll-empty-ms-own-connection", polls.anew, polls.anewSmall),
    one("poll-empty-ms-kept-connection", polls.kept, polls.keptSmall),
    one("poll-compared-ms", polls.compared),
  ];
}

const verbOf = ({ words, ms }: Command) =>
  `${words.replace(/^(UID \S+|\S+).*$/, "$1")}${ms === null ? "" : ` ${ms}`}`;

/** An account whose folder holds so many mails, every one of them read, and compared just now. */
async function readAccount(
  world: ManyWorld,
  wire: CommandLog,
  user: string,
  count: number,
): Promise<string> {
  const { uidValidity } = await fill(world, user, count);
  const id = await world.connect(user, { tls: false, imapPort: wire.port });
  const at = [id, uidValidity.toString(), count];
  await db().pool.query(
    `INSERT INTO "FolderCursor" ("accountId", "folder", "epoch", "uidValidity", "lastUid", "updatedAt")
     VALUES ($1, 'INBOX', 1, $2, $3, now())`,
    at,
  );
  await db().pool.query(
    `INSERT INTO "InboundEmail" ("id", "accountId", "folder", "epoch", "uidValidity", "uid", "size", "status", "reason")
     SELECT gen_random_uuid(), $1, 'INBOX', 1, $2::bigint, uid, 200, 'IGNORED', 'Read before' FROM generate_series(1, $3::int) AS uid`,
    at,
  );
  await db().pool.query(
    `UPDATE "EmailAccount" SET "compareDueAt" = now() + interval '1 day', "nextPollAt" = now() + interval '1 day' WHERE "id" = $1`,
    [id],
  );
  await db().pool.query(`ANALYZE`);
  return id;
}

/** Small mails as files, which Dovecot has in its index. */
async function fill(world: ManyWorld, user: string, count: number) {
  const inbox = { user, folder: "INBOX" };
  // Dovecot itself makes the folders.
  await world.bed.withClient(inbox, async () => undefined);
  const home = path.join(world.bed.dir, "mail", user, "Maildir", "cur");
  mkdirSync(home, { recursive: true });
  for (let n = 1; n <= count; n++) {
    const raw = `From: Ann <ann@customer.test>\nSubject: Mail ${n}\nMessage-ID: <${n}@customer.test>\n\nHello\n`;
    const size = `S=${raw.length},W=${raw.length + 5}`;
    const file = path.join(home, `${1_700_000_000 + n}.M${n}P1.bench,${size}:2,`);
    writeFileSync(file, raw);
    chownSync(file, MAIL_OWNER, MAIL_OWNER);
  }
  // Dovecot reads the whole of a folder that has changed in this second again, and again.
  for (const folder of ["cur", "new"])
    utimesSync(path.join(home, "..", folder), LONG_AGO, LONG_AGO);
  await world.bed.doveadm("index", "-u", user, "INBOX");
  return world.bed.withClient(inbox, async ({ mailbox }) => {
    if (!mailbox || mailbox.exists !== count) throw new Error(`${user} does not hold ${count}`);
    return mailbox;
  });
}

async function measure(
  world: ManyWorld,
  wire: CommandLog,
  id: string,
  polls: number,
): Promise<Polls> {
  const result: Polls = { commands: [], ms: [] };
  for (let n = 0; n < polls; n++) {
    const before = new Map(wire.conversations.map((one) => [one, one.commands.length]));
    const run = await pollOnce(world, id);
    // The end of the connection, and the next IDLE, come after the record's end.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const said = wire.conversations.flatMap((one) => one.commands.slice(before.get(one) ?? 0));
    const opened = wire.conversations.find((one) => !before.has(one));
    result.ms.push(run.ms - connectingMs(opened));
    result.commands.push(said.filter(({ words }) => !/^(ID|NAMESPACE|ENABLE)\b/.test(words)));
  }
  return result;
}

/** From the connection until the folder is open, which is the server's own time. */
function connectingMs(conversation: Conversation | undefined): number {
  const opening = conversation?.commands.find(({ words }) => words.startsWith("EXAMINE"));
  return conversation && opening ? opening.at + (opening.ms ?? 0) - conversation.acceptedAt : 0;
}

async function pollOnce(world: ManyWorld, id: string): Promise<{ ms: number }> {
  const ended = `SELECT count(*) FROM "PollRun" WHERE "accountId" = '${id}' AND "finishedAt" IS NOT NULL`;
  const before = await db().pool.query<{ count: string }>(ended);
  await requestPoll(id);
  await world.until(ended, Number(before.rows[0]?.count) + 1, { everyMs: 10 });
  const { rows } = await db().pool.query<{ ms: number; error: string | null; seen: number }>(
    `SELECT extract(epoch FROM "finishedAt" - "startedAt")::float * 1000 AS ms, "error", "seen"
     FROM "PollRun" WHERE "accountId" = $1 ORDER BY "startedAt" DESC LIMIT 1`,
    [id],
  );
  const [run] = rows;
  if (!run || run.error !== null || run.seen > 0)
    throw new Error(`A poll was not empty: ${JSON.stringify(run)}`);
  return run;
}

async function compare(world: ManyWorld, wire: CommandLog, id: string): Promise<Polls> {
  const result: Polls = { commands: [], ms: [] };
  for (let n = 0; n < 3; n++) {
    await db().pool.query(`UPDATE "EmailAccount" SET "compareDueAt" = NULL WHERE "id" = $1`, [id]);
    const one = await measure(world, wire, id, 1);
    result.commands.push(...one.commands);
    result.ms.push(...one.ms);
  }
  return result;
}

await runAlone(import.meta.url, part);
