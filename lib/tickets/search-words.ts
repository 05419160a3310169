// The words of a search as the index has them: search_words() in prisma/migrations cuts up texts.

/** Written without spaces, or with few: every two letters that follow each other are a word. */
const SPACELESS =
  "\\u0e01-\\u0e5b\\u0e81-\\u0edf\\u1000-\\u1049\\u1780-\\u17d3\\u3005\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\uff66-\\uff9f";
const RUNS = new RegExp(`[${SPACELESS}]+|(?:(?![${SPACELESS}])[\\p{L}\\p{M}\\p{N}])+`, "gu");
const IS_SPACELESS = new RegExp(`^[${SPACELESS}]`, "u");

/** A word that is shorter is not looked for as the beginning of others: there are too many. */
const BEGINNING_LENGTH_MIN = 3;
/** A pattern that is shorter has no trigram: it would be held against every row. */
const PATTERN_LENGTH_MIN = 3;
const WORD_LENGTH_MAX = 200;
const VARIANTS_MAX = 40;
const COMMON_BEGINNINGS_MAX = 50;

/** How much of the messages hold a word, 0 to 1; only of the common ones. */
export type CommonWords = ReadonlyMap<string, number>;

/**
 * What messages must hold, as text of a tsquery that needs no parser; "" when there is no word in it.
 * `share` is how much of the messages do at most, null when that is rare or not known: words that go
 * together, and the letters of a word, are found in the same messages.
 */
export type WordsQuery = { tsquery: string; share: number | null };

/**
 * All of `words`, each also as the beginning of longer ones and with an accent more or less. A word that
 * is common, or with which common ones begin, stands for these alone: nobody looks for "ordinal" by "ord"
 * among a million orders, and to read all that begin so would take seconds.
 */
export function wordsQuery(words: readonly string[], common: CommonWords): WordsQuery {
  const terms = [...new Set(words.flatMap(partsOf))].map((part) => termOf(part, common));
  const isKnown = terms.length > 0 && terms.every(({ share }) => share !== null);
  return {
    tsquery: terms.map(({ tsquery }) => tsquery).join(" & "),
    share: isKnown ? Math.min(...terms.map(({ share }) => share ?? 1)) : null,
  };
}

/** The words in a text, in lower case: "sato.example" are two. */
export function partsOf(text: string): string[] {
  return (text.normalize("NFC").match(RUNS) ?? []).flatMap((run) => {
    if (!IS_SPACELESS.test(run)) return [lower(run)];
    const letters = [...run];
    return letters.length === 1
      ? run
      : letters.slice(1).map((letter, n) => `${letters[n]}${letter}`);
  });
}

/** The index of trigrams answers for parts with three letters or digits: the beginning of a word counts. */
export function hasTrigram(part: string): boolean {
  const runs = part.match(/[\p{L}\p{N}]+/gu) ?? [];
  const isLong = (text: string) => [...text].length >= PATTERN_LENGTH_MIN;
  return runs.some(isLong) || (runs.length > 1 && isLong(runs.join("")));
}

/** Letter by letter, as Postgres does: JavaScript writes Σ at the end of a word in another way. */
function lower(text: string): string {
  return [...text].map((letter) => letter.toLowerCase()).join("");
}

function termOf(part: string, common: CommonWords): WordsQuery {
  if (IS_SPACELESS.test(part)) {
    const isLone = [...part].length === 1;
    return { tsquery: isLone ? `'${part}':*` : `'${part}'`, share: common.get(part) ?? null };
  }
  const word = cutWord(part);
  const variants = [word, ...accentVariants(word)];
  const isBeginning = [...word].length >= BEGINNING_LENGTH_MIN;
  const known = isBeginning ? commonFrom(word, common) : variants.filter((one) => common.has(one));
  if (known.length > 0) {
    // Each word more is looked up for each ticket that is walked past.
    const all = [...new Set([word, ...known])];
    const share = known.reduce((sum, one) => sum + (common.get(one) ?? 0), 0);
    return { tsquery: anyOf(all, ""), share: Math.min(1, share) };
  }
  return { tsquery: anyOf(variants, isBeginning ? ":*" : ""), share: null };
}

/** The common words that begin with `word`, the most common first, when one of them is. */
function commonFrom(word: string, common: CommonWords): string[] {
  if (common.has(word)) return [word];
  return [...common.keys()]
    .filter((one) => one.startsWith(word))
    .sort((a, b) => (common.get(b) ?? 0) - (common.get(a) ?? 0))
    .slice(0, COMMON_BEGINNINGS_MAX);
}

// Letters, marks and digits only: there is nothing in it to escape.
function anyOf(words: string[], suffix: string): string {
  const all = words.map((word) => `'${word}'${suffix}`).join(" | ");
  return words.length > 1 ? `(${all})` : all;
}

function cutWord(word: string): string {
  return [...word].slice(0, WORD_LENGTH_MAX).join("");
}

const ACCENTS: Record<string, string> = {
  a: "äáàâãåą",
  c: "çćč",
  e: "éèêëęě",
  i: "íìîï",
  l: "ł",
  n: "ñńň",
  o: "öóòôõøő",
  r: "ř",
  s: "śšş",
  u: "üúùûůű",
  y: "ýÿ",
  z: "źżž",
};
const UMLAUTS = [
  ["ae", "ä"],
  ["oe", "ö"],
  ["ue", "ü"],
  ["ss", "ß"],
] as const;

/**
 * How else a word may be written: without its accents, with one accent more, ae for ä. Looking for these
 * costs little, to fold all texts when they are stored costs as much as the index itself.
 */
export function accentVariants(word: string): string[] {
  const found = new Set<string>();
  const plain = word
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC");
  found.add(plain.replace(/ø/g, "o").replace(/ł/g, "l").replace(/ß/g, "ss"));
  for (const [two, one] of UMLAUTS) {
    found.add(word.replaceAll(two, one));
    found.add(word.replaceAll(one, two));
  }
  if (plain === word) {
    const letters = [...word];
    for (const [place, letter] of letters.entries()) {
      for (const accented of ACCENTS[letter] ?? [])
        found.add([...letters.slice(0, place), accented, ...letters.slice(place + 1)].join(""));
    }
  }
  // As some systems write names of files: letter and accent apart.
  found.add(word.normalize("NFD"));
  found.delete(word);
  return [...found].slice(0, VARIANTS_MAX);
}
