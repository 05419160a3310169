import pg from "pg";
import { env } from "../env";
import { log } from "../log";
import { db, type Tx } from "./client";

/** What a NOTIFY says: a topic and an id, never content. `resync` comes after a reconnect. */
export type Notice = {
  topic: "ticket" | "account" | "outbound" | "inbound" | "poll" | "presence" | "alert" | "resync";
  id: string;
};

const CHANNEL = "mailroom";

/** Ids in one NOTIFY: a UUID has 36 characters, and Postgres takes 8,000 bytes. */
const IDS_TOGETHER_MAX = 200;

/** Says after the transaction's commit that something changed. */
export async function notify(
  tx: Pick<Tx, "$executeRaw">,
  topic: Notice["topic"],
  id: string,
): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${CHANNEL}, ${`${topic}:${id}`})`;
}

/** As notify(), of many things in one statement. */
export async function notifyEach(
  tx: Pick<Tx, "$executeRaw">,
  topic: Notice["topic"],
  ids: string[],
): Promise<void> {
  const payloads = payloadsOf(topic, ids);
  await tx.$executeRaw`
    SELECT pg_notify(${CHANNEL}, payload) FROM unnest(${payloads}::text[]) AS payload`;
}

/** As notify(), of many things in one statement on a pg connection. */
export async function notifyAll(
  client: Pick<pg.PoolClient, "query">,
  notices: readonly Pick<Notice, "topic" | "id">[],
): Promise<void> {
  const topics = [...new Set(notices.map(({ topic }) => topic))];
  const payloads = topics.flatMap((topic) =>
    payloadsOf(topic, [
      ...new Set(notices.flatMap((notice) => (notice.topic === topic ? notice.id : []))),
    ]),
  );
  await client.query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [
    CHANNEL,
    payloads,
  ]);
}

/** Many ids in one notice: each is written, read and handed to everybody who listens. */
function payloadsOf(topic: Notice["topic"], ids: readonly string[]): string[] {
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += IDS_TOGETHER_MAX)
    payloads.push(`${topic}:${ids.slice(from, from + IDS_TOGETHER_MAX).join()}`);
  return payloads;
}

/** As notify(), outside any transaction. */
export async function notifyNow(topic: Notice["topic"], id: string): Promise<void> {
  await db().pool.query(...noticeOf(topic, id));
}

/** The query that says it, for a pg connection: in a transaction, after its commit. */
export function noticeOf(topic: Notice["topic"], id: string): [text: string, values: string[]] {
  return ["SELECT pg_notify($1, $2)", [CHANNEL, `${topic}:${id}`]];
}

/**
 * Listens on a connection of its own (DATABASE_DIRECT_URL when a pooler stands before the database).
 * Reconnects for ever, and says `resync` each time, because notices sent meanwhile are gone.
 * @returns a function that stops listening.
 */
export function listen(onNotice: (notice: Notice) => void): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const connect = async () => {
    const own = new pg.Client({
      connectionString: env().DATABASE_DIRECT_URL || db().url,
      keepAlive: true,
    });
    client = own;
    const retry = () => {
      if (stopped || client !== own) return;
      client = undefined;
      timer = setTimeout(connect, 2_000);
    };
    own.on("error", retry);
    own.on("end", retry);
    own.on("notification", (message) => {
      const [topic, ids = ""] = (message.payload ?? "").split(":");
      if (!topic) return;
      for (const id of ids.split(",")) onNotice({ topic: topic as Notice["topic"], id });
    });
    try {
      await own.connect();
      await own.query(`LISTEN ${CHANNEL}`);
      onNotice({ topic: "resync", id: "" });
    } catch (error) {
      log.warn(
        `Listening for changes failed, trying again: ${error instanceof Error ? error.message : error}`,
      );
      retry();
      own.end().catch(() => undefined);
    }
  };
  connect();

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => undefined);
  };
}
