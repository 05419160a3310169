import type { Dice } from "./dice";
import type { Language } from "./languages";

const WORDS = 20_000;
/** Zipf and Mandelbrot: how often a word comes falls with its rank, the first few a little less. */
const RANK_SHIFT = 2.7;

/** Words of a language as often as Zipf's law has them, and sentences of them. */
export class Vocabulary {
  private readonly words: string[] = [];
  private readonly upTo: Float64Array = new Float64Array(WORDS);

  constructor(
    private readonly language: Language,
    dice: Dice,
  ) {
    let sum = 0;
    for (let rank = 0; rank < WORDS; rank++) {
      // Frequent words are short.
      const syllables = 1 + Math.floor(Math.log10(rank + 1) * (0.4 + dice.share()));
      const parts = Array.from({ length: syllables }, () => dice.pick(language.syllables));
      this.words.push(parts.join(""));
      sum += 1 / (rank + RANK_SHIFT);
      this.upTo[rank] = sum;
    }
  }

  word(dice: Dice): string {
    const at = dice.share() * (this.upTo[WORDS - 1] ?? 0);
    let low = 0;
    let high = WORDS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.upTo[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return this.words[low] ?? "";
  }

  /** That many words, as a subject has them. */
  phrase(dice: Dice, words: number): string {
    const chosen = Array.from({ length: words }, () => this.word(dice));
    return capital(chosen.join(this.language.space));
  }

  /** About that many words, in sentences of up to 20. */
  paragraph(dice: Dice, words: number): string {
    const sentences: string[] = [];
    for (let left = words; left > 0; ) {
      const length = Math.min(left, 4 + dice.below(17));
      sentences.push(this.phrase(dice, length));
      left -= length;
    }
    return `${sentences.join(this.language.stop)}${this.language.stop.trimEnd()}`;
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
