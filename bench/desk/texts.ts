import { Dice } from "../generator/dice";
import { ALL_LANGUAGES, type Language } from "../generator/languages";
import { Vocabulary } from "../generator/vocabulary";

/** Sentences per language that come again and again, as they do in a desk's mails. */
const STOCK = 5_000;

/** What people write: short mails whose words follow Zipf's law, in eight languages. */
export type Texts = {
  subject(dice: Dice, language: Language, ticket: number): string;
  /** Some 200 to 400 signs, less in Chinese and Japanese; a third name the ticket's order number. */
  body(dice: Dice, language: Language, ticket: number): string;
  /** A name few others have. */
  name(dice: Dice, language: Language): string;
};

type Spoken = { vocabulary: Vocabulary; stock: string[] };

const known = new Map<number, Texts>();

export function textsFor(seed: number): Texts {
  const texts = known.get(seed) ?? newTexts(seed);
  known.set(seed, texts);
  return texts;
}

function newTexts(seed: number): Texts {
  const dice = new Dice(seed + 2);
  const spoken = new Map<string, Spoken>(
    ALL_LANGUAGES.map((language) => {
      const vocabulary = new Vocabulary(language, dice);
      const stock = Array.from({ length: STOCK }, () =>
        vocabulary.paragraph(dice, 8 + dice.below(16)),
      );
      return [language.code, { vocabulary, stock }];
    }),
  );
  const of = ({ code }: Language) => {
    const found = spoken.get(code);
    if (!found) throw new Error(`Nothing is spoken in ${code}`);
    return found;
  };
  return {
    subject(dice, language, ticket) {
      const phrase = of(language).vocabulary.phrase(dice, 3 + dice.below(5));
      return dice.chance(0.2) ? `${phrase} ${orderNumber(ticket)}` : phrase;
    },
    body(dice, language, ticket) {
      const { vocabulary, stock } = of(language);
      const order = dice.chance(0.33) ? ` ${orderNumber(ticket)}` : "";
      const own = vocabulary.paragraph(dice, 6 + dice.below(14));
      return `${language.greeting}\n${dice.pick(stock)} ${own}${order} ${dice.pick(stock)}\n${language.farewell}`;
    },
    name(dice, language) {
      const { vocabulary } = of(language);
      return `${vocabulary.phrase(dice, 1)} ${vocabulary.phrase(dice, 1)}${vocabulary.word(dice)}`;
    },
  };
}

/** Words that hardly any other ticket has. */
function orderNumber(ticket: number): string {
  return `ORD${(ticket * 7919) % 10_000_019}`;
}
