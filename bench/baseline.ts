import { ImapFlow } from "imapflow";
import { type ParsedMail, simpleParser } from "mailparser";
import pg from "pg";

/**
 * What everything is compared with, and never tuned: imapflow in pages of 50, mailparser with its
 * skip options on the main thread, one INSERT each for raw mail, message and attachments, 50 mails per
 * commit, one connection, nothing else. A process of its own: BASELINE_IMAP and BASELINE_DATABASE name
 * its servers, and it prints `{mails, seconds, cpuSeconds}` as JSON.
 */
const PAGE = 50;

const SKIP = {
  skipHtmlToText: true,
  skipImageLinks: true,
  skipTextToHtml: true,
  skipTextLinks: true,
};

const TABLES = `
  CREATE TABLE raw_mail (id bigserial PRIMARY KEY, uid bigint NOT NULL UNIQUE, bytes bytea NOT NULL);
  CREATE TABLE message (
    id bigserial PRIMARY KEY, raw_mail_id bigint NOT NULL REFERENCES raw_mail, message_id text,
    in_reply_to text, reference_ids text[], from_address text, subject text, sent_at timestamptz,
    body_text text, body_html text);
  CREATE TABLE attachment (
    id bigserial PRIMARY KEY, message_id bigint NOT NULL REFERENCES message, filename text,
    media_type text, size int, bytes bytea NOT NULL);`;

async function main(): Promise<void> {
  const database = new pg.Client({ connectionString: process.env.BASELINE_DATABASE });
  await database.connect();
  await database.query(TABLES);
  const imap = new ImapFlow({ ...JSON.parse(process.env.BASELINE_IMAP ?? "{}"), logger: false });
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await imap.connect();
  const { exists } = await imap.mailboxOpen("INBOX", { readOnly: true });
  for (let first = 1; first <= exists; first += PAGE) {
    const range = `${first}:${Math.min(exists, first + PAGE - 1)}`;
    const page = await imap.fetchAll(range, { uid: true, source: true });
    await database.query("BEGIN");
    for (const { uid, source } of page)
      if (source) await insert(database, uid, source, await simpleParser(source, SKIP));
    await database.query("COMMIT");
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const counted = await database.query("SELECT count(*)::int AS mails FROM message");
  await imap.logout();
  await database.end();
  const { mails } = counted.rows[0];
  process.stdout.write(JSON.stringify({ mails, seconds, cpuSeconds: (user + system) / 1e6 }));
}

async function insert(
  database: pg.Client,
  uid: number,
  source: Buffer,
  mail: ParsedMail,
): Promise<void> {
  const raw = await database.query(
    "INSERT INTO raw_mail (uid, bytes) VALUES ($1, $2) RETURNING id",
    [uid, source],
  );
  const message = await database.query(
    `INSERT INTO message (raw_mail_id, message_id, in_reply_to, reference_ids, from_address, subject,
       sent_at, body_text, body_html) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [
      raw.rows[0].id,
      mail.messageId,
      mail.inReplyTo,
      [mail.references ?? []].flat(),
      mail.from?.value[0]?.address,
      mail.subject,
      mail.date,
      mail.text,
      mail.html || null,
    ],
  );
  for (const { filename, contentType, size, content } of mail.attachments)
    await database.query(
      `INSERT INTO attachment (message_id, filename, media_type, size, bytes)
       VALUES ($1, $2, $3, $4, $5)`,
      [message.rows[0].id, filename, contentType, size, content],
    );
}

await main();
