import type { Ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import { containing } from "../db/like";
import type { Actor } from "./access";
import { knownWords } from "./common-words";
import { operatorCondition } from "./search-operators";
import { contactsLike, namedLike, typosOf } from "./search-people";
import { parseSearch, type Search } from "./search-query";
import { type CommonWords, hasTrigram, partsOf, wordsQuery } from "./search-words";

/**
 * From so many messages on that hold what is asked for, tickets are walked in the order of the list and
 * each is asked whether it does; below it the index names them all.
 */
const WALKED_FROM = 20_000;
/** As the index "Message_words" has it; the ticket is a word of its own. */
const MESSAGE_WORDS = Prisma.sql`array_to_tsvector(search_words(m."subject" || ' ' || m."fromName" || ' '
  || coalesce(m."fromAddress", '') || ' ' || m."newText") || ('#' || m."ticketId"::text))`;
const NUMBER = /^\d{1,9}$/;

/**
 * How the words of a search are asked for: as suits them; not at all, only its operators; all from the
 * index, however many there are.
 */
export type WordsAsked = "suited" | "left-out" | "from-index";

/** The tickets a search finds, on "Ticket" t. `viewer` is who is:mine and is:unread mean. */
export function searchCondition(
  viewer: Actor,
  q: string,
  asked: WordsAsked = "suited",
): Prisma.Sql {
  const search = parseSearch(q);
  const all = search.chips.map(({ term }) => operatorCondition(viewer, term));
  if (search.words.length > 0 && asked !== "left-out")
    all.push(asked === "suited" ? wordsCondition(search) : namedByIndex(search));
  return all.length > 0 ? Prisma.join(all, " AND ") : Prisma.sql`TRUE`;
}

/**
 * The tickets whose words, people or number a search names, as the index has them: whatever their view, and
 * without its operators. null when more than `most` rows of the index name them.
 */
export async function ticketsNamed(ask: Ask, q: string, most: number): Promise<string[] | null> {
  const search = parseSearch(q);
  const [found] = await ask<{ ids: string | null; count: number }>(Prisma.sql`
    SELECT string_agg(named."id"::text, ',') AS "ids", count(*)::int AS "count"
    FROM (SELECT * FROM (${idsByIndex(search)}) each LIMIT ${most + 1}) named`);
  if (!found || found.count > most) return null;
  return [...new Set(found.ids?.split(","))];
}

/**
 * Selects those of these tickets whose messages, files or subjects hold the words of a search, some of them
 * more than once. The ids are one text with commas: as a parameter each they took longer than the search.
 */
export function holdingWords(q: string, ticketIds: string[]): Prisma.Sql {
  const search = parseSearch(q);
  const common = knownWords();
  const ids = Prisma.sql`ANY(string_to_array(${ticketIds.join(",")}, ',')::uuid[])`;
  const ways = [
    Prisma.sql`${messagesWith(search, common.messages, false)} AND m."ticketId" = ${ids}`,
    Prisma.sql`${filesWith(search, common.files)} AND m."ticketId" = ${ids}`,
  ];
  const part = partPattern(search);
  if (part)
    ways.push(
      Prisma.sql`SELECT s."id" FROM "Ticket" s WHERE s."id" = ${ids} AND s."subject" ILIKE ${part}`,
    );
  return Prisma.join(ways, " UNION ALL ");
}

/** Whether the requester of "Ticket" t has the words of a search in name or address, as they stand. */
export function hasRequesterNamed(q: string): Prisma.Sql {
  const part = partOf(parseSearch(q));
  if (part === null) return Prisma.sql`FALSE`;
  return Prisma.sql`t."requesterId" IN (SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c
    WHERE ${namedLike(part)})`;
}

/** Which share of the messages holds the words of a search at most, 0 to 1; null where that is not known. */
export function shareOfMessages(q: string): number | null {
  return wordsQuery(parseSearch(q).words, knownWords().messages).share;
}

/** Whether a search has more than operators. */
export function hasWords(q: string): boolean {
  return parseSearch(q).words.length > 0;
}

/** True where a search finds so much that counting it would take longer than showing its first page. */
export function isWalked(q: string): boolean {
  const { words } = parseSearch(q);
  const common = knownWords();
  return words.length > 0 && isCommon(words, common.messages, common.messageCount);
}

function wordsCondition(search: Search): Prisma.Sql {
  const common = knownWords();
  const inFiles = isCommon(search.words, common.files, common.fileCount);
  const inMessages = isCommon(search.words, common.messages, common.messageCount);
  const part = partPattern(search);
  if (!inFiles && !inMessages) return namedByIndex(search);
  const ways = [
    inMessages
      ? hasAny(messagesWith(search, common.messages, true))
      : Prisma.sql`t."id" IN (${messagesWith(search, common.messages, false)})`,
    inFiles
      ? hasAny(Prisma.sql`${filesWith(search, common.files)} AND m."ticketId" = t."id"`)
      : Prisma.sql`t."id" IN (${filesWith(search, common.files)})`,
  ];
  if (part) {
    const name = Prisma.sql`(c."name" || ' ' || c."email"::text) ILIKE ${part}`;
    ways.push(
      Prisma.sql`t."subject" ILIKE ${part}`,
      Prisma.sql`EXISTS (SELECT 1 FROM "Contact" c WHERE c."id" = t."requesterId" AND ${name})`,
      Prisma.sql`EXISTS (SELECT 1 FROM "Contact" c WHERE c."mergedIntoId" = t."requesterId" AND ${name})`,
    );
  }
  return Prisma.sql`(${Prisma.join(ways, " OR ")})`;
}

/**
 * Counted, because of EXISTS the planner thinks that the first row of many is soon met by reading the
 * table. It isn't: it did so whenever the index had much that was not sorted in yet, and took minutes.
 */
function hasAny(rows: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT count(*) > 0 FROM (${rows}) found)`;
}

function namedByIndex(search: Search): Prisma.Sql {
  return Prisma.sql`t."id" = ANY(ARRAY(${idsByIndex(search)}))`;
}

/**
 * Selects ids of tickets, some of them more than once. Each branch of the union is answered by an index of its own. Only when none of them finds anything are
 * people sought whose names are nearly so.
 */
function idsByIndex(search: Search): Prisma.Sql {
  const part = partPattern(search);
  const none = new Map<string, number>();
  const common = knownWords();
  const { tsquery } = wordsQuery(search.words, none);
  const number = NUMBER.test(search.text) ? Number(search.text) : null;
  const ways = [
    Prisma.sql`SELECT s."id" FROM "Ticket" s WHERE s."number" = ${number}`,
    messagesWith(search, common.messages, false),
    filesWith(search, common.files),
  ];
  if (tsquery !== "")
    ways.push(Prisma.sql`SELECT s."id" FROM "Ticket" s
      WHERE array_to_tsvector(search_words(s."subject")) @@ ${tsquery}::tsquery`);
  if (part) ways.push(Prisma.sql`SELECT s."id" FROM "Ticket" s WHERE s."subject" ILIKE ${part}`);
  const people = contactsLike(search.text);
  if (people) ways.push(ticketsOf(people));
  const found = Prisma.sql`found AS MATERIALIZED (${Prisma.join(ways, " UNION ALL ")})`;
  const nearly = typosOf(search.text);
  const typos = nearly
    ? Prisma.sql`UNION ALL (${ticketsOf(nearly)} AND NOT EXISTS (SELECT 1 FROM found))`
    : Prisma.empty;
  return Prisma.sql`WITH ${found} SELECT "id" FROM found ${typos}`;
}

/** `people` selects ids of contacts. */
function ticketsOf(people: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT s."id" FROM "Ticket" s WHERE s."requesterId" IN (${people})`;
}

/** The tickets whose messages hold the words; of ticket t alone where `isOfTicket`. */
function messagesWith(search: Search, common: CommonWords, isOfTicket: boolean): Prisma.Sql {
  const { tsquery } = wordsQuery(search.words, common);
  if (tsquery === "") return Prisma.sql`SELECT m."ticketId" FROM "Message" m WHERE FALSE`;
  const ofTicket = isOfTicket
    ? Prisma.sql`&& ('''#' || t."id"::text || '''')::tsquery`
    : Prisma.empty;
  const phrases = search.phrases.map(phrasePattern).filter((pattern) => pattern !== "");
  return Prisma.sql`SELECT m."ticketId" FROM "Message" m
    WHERE ${MESSAGE_WORDS} @@ (${tsquery}::tsquery ${ofTicket})
    ${Prisma.join([Prisma.empty, ...phrases.map((one) => Prisma.sql`AND (m."subject" || E'\n' || m."newText") ~* ${one}`)], " ")}`;
}

function filesWith(search: Search, common: CommonWords): Prisma.Sql {
  const { tsquery } = wordsQuery(search.words, common);
  const words = Prisma.sql`array_to_tsvector(search_words(a."filename"))`;
  return Prisma.sql`SELECT m."ticketId" FROM "Attachment" a JOIN "Message" m ON m."id" = a."messageRowId"
    WHERE ${tsquery === "" ? Prisma.sql`FALSE` : Prisma.sql`${words} @@ ${tsquery}::tsquery`}`;
}

/** The words of a phrase with anything but letters between them, as a regular expression. */
function phrasePattern(phrase: string): string {
  return (phrase.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join("[^[:alnum:]]+");
}

function partPattern(search: Search): string | null {
  const part = partOf(search);
  return part === null ? null : containing(part);
}

/** The search as it stands, where the index of trigrams can answer for it. */
function partOf({ text }: Search): string | null {
  const part = text.replace(/"/g, "").trim();
  return hasTrigram(part) ? part : null;
}

function isCommon(words: readonly string[], common: CommonWords, rows: number): boolean {
  const { share } = wordsQuery(words, common);
  if (share !== null) return share * rows >= WALKED_FROM;
  // A part of a common word: "rder". Subjects have it as often as messages have the word.
  const [part, ...more] = words.flatMap(partsOf);
  if (!part || more.length > 0) return false;
  return [...common].some(([word, each]) => each * rows >= WALKED_FROM && word.includes(part));
}
