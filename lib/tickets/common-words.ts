import { db } from "../db/client";
import { keptFor } from "../db/kept-for";
import type { CommonWords } from "./search-words";

type KnownWords = {
  messages: CommonWords;
  messageCount: number;
  files: CommonWords;
  fileCount: number;
};

const KNOWN_MS = 10 * 60_000;
const NONE: KnownWords = { messages: new Map(), messageCount: 0, files: new Map(), fileCount: 0 };

let known = NONE;

/** The common words as they were last learned; none before that. */
export function knownWords(): KnownWords {
  return known;
}

/**
 * Reads which words are common from the statistics Postgres keeps of the indexes of words; at most once
 * in ten minutes, unless it is told to `again`. Without statistics no word is common, and every search
 * is answered by the index alone: right, and slower on a large database.
 */
export const learnCommonWords = keptFor(KNOWN_MS, learn);

async function learn(): Promise<void> {
  const [messages, files] = await Promise.all([
    readStatistics("Message", "Message_words"),
    readStatistics("Attachment", "Attachment_words"),
  ]);
  known = {
    messages: messages.words,
    messageCount: messages.rows,
    files: files.words,
    fileCount: files.rows,
  };
}

async function readStatistics(
  table: string,
  index: string,
): Promise<{ words: CommonWords; rows: number }> {
  // Three numbers more than words follow them: the least, the greatest and the nulls.
  const [row] = await db().prisma.$queryRaw<
    { rows: number; words: string[] | null; shares: number[] | null }[]
  >`SELECT greatest(0, c.reltuples)::float8 AS "rows",
      s.most_common_elems::text::text[] AS "words", s.most_common_elem_freqs::float8[] AS "shares"
    FROM pg_class c LEFT JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = ${index}
    WHERE c.oid = to_regclass(${`"${table}"`})`;
  const words = (row?.words ?? []).map((word, n): [string, number] => [
    word,
    row?.shares?.[n] ?? 0,
  ]);
  return { words: new Map(words), rows: row?.rows ?? 0 };
}
