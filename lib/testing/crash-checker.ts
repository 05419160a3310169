import type pg from "pg";

/** What was put into the world: by it alone the outcome is judged. */
export type Expected = {
  mails: { token: string; isAnswer: boolean; fileSha256: string | null }[];
  /** What agents wrote. */
  replies: string[];
};

export type Verdict = {
  mailsIn: number;
  messagesStored: number;
  lost: string[];
  doubled: string[];
  attachmentsDamaged: string[];
  emptyTickets: number;
  /** Tickets beyond one for each mail that opens one. */
  surplusTickets: number;
  /** Receipts that ended neither processed nor as the duplicate they are. */
  stranded: string[];
  repliesLost: string[];
  /** Sent twice although nothing said that the first try was unanswered. */
  repliesDoubled: string[];
  acknowledgementsDoubled: string[];
};

/**
 * Reads only what Postgres holds and what Postfix delivered, never through the product's own
 * functions, and compares both with what was put in.
 */
export async function checkWorld(
  pool: pg.Pool,
  expected: Expected,
  delivered: string[],
): Promise<Verdict> {
  const stored = await countByToken(pool);
  const files = await filesByToken(pool);
  const tickets = await pool.query<{ all: number; empty: number }>(`SELECT count(*)::int AS all,
    count(*) FILTER (WHERE NOT EXISTS (SELECT FROM "Message" m WHERE m."ticketId" = t."id"))::int AS empty FROM "Ticket" t`);
  const stranded = await pool.query<{ line: string }>(
    `SELECT "status" || ': ' || COALESCE("reason", '') AS line FROM "InboundEmail" WHERE "status" NOT IN ('PROCESSED', 'DUPLICATE')`,
  );
  const opening = expected.mails.filter(({ isAnswer }) => !isAnswer).length;
  return {
    mailsIn: expected.mails.length,
    messagesStored: [...stored.values()].reduce((sum, count) => sum + count, 0),
    lost: expected.mails.filter(({ token }) => !stored.has(token)).map(({ token }) => token),
    doubled: [...stored].filter(([, count]) => count > 1).map(([token]) => token),
    attachmentsDamaged: expected.mails
      .filter(({ token, fileSha256 }) => {
        const found = files.get(token) ?? [];
        return fileSha256 ? found.length !== 1 || found[0] !== fileSha256 : found.length > 0;
      })
      .map(({ token }) => token),
    emptyTickets: tickets.rows[0]?.empty ?? 0,
    surplusTickets: (tickets.rows[0]?.all ?? 0) - opening,
    stranded: stranded.rows.map(({ line }) => line),
    ...(await checkSent(pool, expected, delivered)),
  };
}

/** True when nothing in a verdict is a fault. */
export function isSound(verdict: Verdict): boolean {
  const { mailsIn, messagesStored, emptyTickets, surplusTickets, ...lists } = verdict;
  const isComplete = mailsIn === messagesStored && emptyTickets === 0 && surplusTickets === 0;
  return isComplete && Object.values(lists).every((list) => list.length === 0);
}

async function countByToken(pool: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ token: string; count: number }>(
    `SELECT substring("text" FROM 'this is (t[0-9]+x[0-9a-f]+)') AS token, count(*)::int AS count
     FROM "Message" WHERE "kind" = 'INBOUND' GROUP BY 1`,
  );
  return new Map(rows.map(({ token, count }) => [token ?? "unreadable", count]));
}

async function filesByToken(pool: pg.Pool): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ token: string; hash: string }>(
    `SELECT substring(m."text" FROM 'this is (t[0-9]+x[0-9a-f]+)') AS token, encode(sha256(COALESCE(b."bytes",
       CASE a."rawEncoding" WHEN 'BASE64' THEN decode(convert_from(r.part, 'LATIN1'), 'base64') ELSE r.part END)), 'hex') AS hash
     FROM "Attachment" a JOIN "Message" m ON m."id" = a."messageRowId" LEFT JOIN "Blob" b ON b."sha256" = a."blobSha256"
     LEFT JOIN LATERAL (SELECT substring("bytes" FROM a."rawOffset" + 1 FOR a."rawLength") AS part FROM "RawMail"
       WHERE "inboundEmailId" = a."rawMailId") AS r ON true`,
  );
  const files = new Map<string, string[]>();
  for (const { token, hash } of rows) files.set(token, [...(files.get(token) ?? []), hash]);
  return files;
}

async function checkSent(pool: pg.Pool, expected: Expected, delivered: string[]) {
  const { rows } = await pool.query<{ token: string; unknowns: number }>(
    `SELECT substring(m."text" FROM '(r[0-9]+x[0-9a-f]+)') AS token, o."unknowns"
     FROM "OutboundEmail" o JOIN "Message" m ON m."id" = o."messageRowId" WHERE m."automaticKind" IS NULL`,
  );
  const mayRepeat = new Set(rows.filter(({ unknowns }) => unknowns > 0).map(({ token }) => token));
  const copies = (token: string) => delivered.filter((raw) => raw.includes(token)).length;
  const most = (token: string) => (mayRepeat.has(token) ? 2 : 1);
  const answered = delivered
    .filter((raw) => /^Auto-Submitted: auto-replied/im.test(raw))
    .map((raw) => /^In-Reply-To: <(.*)>/im.exec(raw)?.[1] ?? "");
  return {
    repliesLost: expected.replies.filter((token) => copies(token) === 0),
    repliesDoubled: expected.replies.filter((token) => copies(token) > most(token)),
    acknowledgementsDoubled: answered.filter((id, index) => answered.indexOf(id) !== index),
  };
}
