/** The languages of the interface; the first is spoken until a browser asks for another. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

export const isLanguage = (value: unknown): value is Language =>
  LANGUAGES.some((language) => language === value);

/** How Intl writes dates and numbers in a language. */
export const LOCALES: Record<Language, string> = { en: "en-GB", de: "de-DE" };

type Branch = { readonly [key: string]: Leaf | Branch };
type Leaf = string | ((...values: never[]) => string);

/** The same words in any language: the same keys, and functions of the same values. */
type Wording<English> = {
  readonly [Key in keyof English]: English[Key] extends string
    ? string
    : English[Key] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Wording<English[Key]>;
};

/** The words of one part of the interface in every language. */
export type Dictionary<Words> = Readonly<Record<Language, Words>>;

/** The words a dictionary holds, in whatever language. */
export type WordsIn<Known> = Known extends Dictionary<infer Words> ? Words : never;

/**
 * Holds the words of one part of the interface: strings, or functions of what they tell. English says
 * what there is; a language that lacks a word, or has one too many, does not compile.
 */
export function dictionary<English extends Branch>(words: {
  en: English & Wording<NoInfer<English>>;
  de: Wording<NoInfer<English>>;
}): Dictionary<Wording<English>> {
  return words;
}
